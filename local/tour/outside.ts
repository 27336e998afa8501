import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type TaskDefinition,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { lockKey, releasesOf } from '../../lambda/domain/ledger-keys.ts';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import type { ReleaseRequestInput } from '../../lambda/domain/request.ts';
import { type ServiceDescription, serviceDescriptionSchema } from '../../lambda/domain/service.ts';
import { targetGroupName } from '../load/tally.ts';
import type { ClientConfig } from '../stage-api.ts';

/** The users' traffic by target group, by name, in percent. */
export type Shares = ReadonlyMap<string, number>;

export interface Task {
  readonly arn: string;
  readonly ip: string | null;
}

/** What the workflow and its service look like to anybody with an SDK and the endpoint's URL. */
export class Outside {
  readonly #environment: string;
  readonly #service: ServiceDescription;
  readonly #sfn: SFNClient;
  readonly #elb: ElasticLoadBalancingV2Client;
  readonly #ecs: ECSClient;
  readonly #cloudWatch: CloudWatchClient;
  readonly #secrets: SecretsManagerClient;
  readonly #ledger: DynamoDBDocumentClient;

  private constructor(environment: string, service: ServiceDescription, config: ClientConfig) {
    this.#environment = environment;
    this.#service = service;
    this.#sfn = new SFNClient(config);
    this.#elb = new ElasticLoadBalancingV2Client(config);
    this.#ecs = new ECSClient(config);
    this.#cloudWatch = new CloudWatchClient(config);
    this.#secrets = new SecretsManagerClient(config);
    this.#ledger = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  }

  static async of(environment: string, service: string, config: ClientConfig): Promise<Outside> {
    const Name = serviceNames(environment, service).descriptionParameter;
    const { Parameter } = await new SSMClient(config).send(new GetParameterCommand({ Name }));
    const description = serviceDescriptionSchema.parse(JSON.parse(Parameter?.Value ?? 'null'));
    return new Outside(environment, description, config);
  }

  get description(): ServiceDescription {
    return this.#service;
  }

  /** @returns the execution's ARN */
  async startRelease(name: string, request: Omit<ReleaseRequestInput, 'service' | 'requestedBy'>): Promise<string> {
    return this.#start(environmentNames(this.#environment).releaseStateMachine, name, request);
  }

  /** As the person on call does. @returns the execution's ARN */
  async startRollback(name: string, reason: string): Promise<string> {
    return this.#start(environmentNames(this.#environment).rollbackStateMachine, name, { reason });
  }

  async #start(wanted: string, name: string, request: object): Promise<string> {
    const { stateMachines = [] } = await this.#sfn.send(new ListStateMachinesCommand({}));
    const machine = stateMachines.find((candidate) => candidate.name === wanted);
    if (!machine) throw new Error(`There is no state machine ${wanted} on the stage.`);
    const input = { ...request, service: this.#service.service, requestedBy: 'the tour' };
    const { executionArn } = await this.#sfn.send(
      new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn, name, input: JSON.stringify(input) }),
    );
    if (!executionArn) throw new Error(`The execution ${name} of ${wanted} was not started.`);
    return executionArn;
  }

  /** Null while the execution runs; then how it ended, in words. */
  async ending(executionArn: string): Promise<string | null> {
    const { status, error, cause } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING') return null;
    return `the execution ended ${status}${error ? ` with ${error}: ${cause}` : ''}`;
  }

  /** The release as the execution gave it back; null when it gave none. */
  async output(executionArn: string): Promise<Release | null> {
    const { output } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
    return releaseSchema.safeParse(JSON.parse(output ?? 'null')).data ?? null;
  }

  /** Name of the Task state that the execution entered last. */
  async currentState(executionArn: string): Promise<string | null> {
    const { events = [] } = await this.#sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        includeExecutionData: false,
        // Between two tasks lie a wait and two choices at most.
        maxResults: 20,
      }),
    );
    return events.find(({ type }) => type === 'TaskStateEntered')?.stateEnteredEventDetails?.name ?? null;
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    const input = { executionArn, includeExecutionData: false };
    const pages = paginateGetExecutionHistory({ client: this.#sfn, pageSize: 1000 }, input);
    for await (const page of pages) events.push(...(page.events ?? []));
    return events;
  }

  /** Of the production listener's rule. */
  async shares(): Promise<Shares> {
    const { Rules = [] } = await this.#elb.send(
      new DescribeRulesCommand({ RuleArns: [this.#service.loadBalancer.productionRule] }),
    );
    const forwards = Rules.flatMap(({ Actions = [] }) => Actions).find(({ Type }) => Type === 'forward');
    const groups = forwards?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: forwards?.TargetGroupArn, Weight: 1 }];
    const total = groups.reduce((sum, { Weight = 0 }) => sum + Weight, 0) || 1;
    return new Map(
      groups.map(({ TargetGroupArn = '', Weight = 0 }) => [targetGroupName(TargetGroupArn), (100 * Weight) / total]),
    );
  }

  /** Names of the deployment group's alarms that are going off. */
  async alarms(): Promise<string[]> {
    if (this.#service.alarms.length === 0) return [];
    const { MetricAlarms = [] } = await this.#cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: this.#service.alarms, StateValue: 'ALARM' }),
    );
    return MetricAlarms.map(({ AlarmName = '' }) => AlarmName);
  }

  /** Private addresses registered with a target group, and whether the load balancer finds them healthy. */
  async targets(group: string): Promise<{ ip: string; healthy: boolean }[]> {
    const { a, b } = this.#service.loadBalancer.targetGroups;
    const TargetGroupArn = [a, b].find((arn) => targetGroupName(arn) === group);
    const { TargetHealthDescriptions = [] } = await this.#elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
      ip: Target?.Id ?? '',
      healthy: TargetHealth?.State === 'healthy',
    }));
  }

  /** Every task of the cluster that has not stopped. */
  async tasks(): Promise<Task[]> {
    const { cluster } = this.#service;
    const lists = await Promise.all(
      (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
        this.#ecs.send(new ListTasksCommand({ cluster, desiredStatus })),
      ),
    );
    const arns = lists.flatMap(({ taskArns = [] }) => taskArns);
    if (arns.length === 0) return [];
    const { tasks = [] } = await this.#ecs.send(new DescribeTasksCommand({ cluster, tasks: arns.slice(0, 100) }));
    return tasks
      .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
      .map(({ taskArn = '', attachments = [] }) => ({
        arn: taskArn,
        ip:
          attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === 'privateIPv4Address')?.value ??
          null,
      }));
  }

  /** The service's primary task set, and what its tasks are made of. */
  async #live(): Promise<{ readonly taskSet: TaskSet; readonly definition: TaskDefinition } | null> {
    const { cluster, ecsService } = this.#service;
    const { services = [] } = await this.#ecs.send(new DescribeServicesCommand({ cluster, services: [ecsService] }));
    const taskSet = services[0]?.taskSets?.find(({ status }) => status === 'PRIMARY');
    if (!taskSet?.taskDefinition) return null;
    const { taskDefinition } = await this.#ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: taskSet.taskDefinition }),
    );
    return taskDefinition ? { taskSet, definition: taskDefinition } : null;
  }

  /** Starts one more task of what is live, in the service's network, behind no load balancer. */
  async runLiveTask(): Promise<{ readonly arn: string; readonly port: number }> {
    const live = await this.#live();
    const port = live?.definition.containerDefinitions?.[0]?.portMappings?.[0]?.containerPort;
    if (!live || port === undefined)
      throw new Error(`${this.#service.ecsService} has no primary task set with a port.`);
    const { tasks = [], failures = [] } = await this.#ecs.send(
      new RunTaskCommand({
        cluster: this.#service.cluster,
        taskDefinition: live.taskSet.taskDefinition,
        networkConfiguration: live.taskSet.networkConfiguration,
        launchType: 'FARGATE',
        startedBy: 'tour',
      }),
    );
    const arn = tasks[0]?.taskArn;
    if (arn === undefined) throw new Error(`No task of what is live was started: ${JSON.stringify(failures)}`);
    return { arn, port };
  }

  async stopTask(task: string): Promise<void> {
    await this.#ecs.send(new StopTaskCommand({ cluster: this.#service.cluster, task, reason: 'The tour has seen it' }));
  }

  /** With which a task lets itself be probed; null where nobody needs one. */
  async proberToken(): Promise<string | null> {
    const { tokenSecret } = this.#service.probe;
    if (tokenSecret === null) return null;
    const { SecretString } = await this.#secrets.send(new GetSecretValueCommand({ SecretId: tokenSecret }));
    return SecretString ?? null;
  }

  /** Digest of the image of the service's primary task set; null for an image without one. */
  async liveDigest(): Promise<string | null> {
    const taskDefinition = (await this.#live())?.definition;
    return /@(sha256:[0-9a-f]{64})$/.exec(taskDefinition?.containerDefinitions?.[0]?.image ?? '')?.[1] ?? null;
  }

  async isLockFree(): Promise<boolean> {
    const TableName = environmentNames(this.#environment).ledgerTable;
    const Key = lockKey(this.#service.service);
    const { Item } = await this.#ledger.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item?.['holder'] === undefined;
  }

  /** The release as the ledger has it; null when it has no such entry. */
  async ledgerEntry(release: string): Promise<Release | null> {
    const { Items = [] } = await this.#ledger.send(
      new QueryCommand({
        TableName: environmentNames(this.#environment).ledgerTable,
        ...releasesOf(this.#service.service),
        ConsistentRead: true,
      }),
    );
    const entry = Items.find((item) => item['id'] === release);
    return entry === undefined ? null : releaseSchema.parse(entry['release']);
  }
}
