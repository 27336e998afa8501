import { join } from 'node:path';
import { account, region } from './aws/arn.ts';
import { Endpoint } from './aws/endpoint.ts';
import { Authorizer } from './aws/iam/authorizer.ts';
import { iamProvisions } from './aws/iam/provisions.ts';
import { Roles } from './aws/iam/roles.ts';
import { Identities } from './aws/identities.ts';
import type { Clock } from './clock/clock.ts';
import { alarmStateChangeEvent } from './cloudwatch/alarm-event.ts';
import { CloudWatch } from './cloudwatch/cloudwatch.ts';
import { cloudWatchOperations } from './cloudwatch/operations.ts';
import { cloudWatchProvisions } from './cloudwatch/provisions.ts';
import { CodeDeploy } from './codedeploy/codedeploy.ts';
import { EcsTaskSets } from './codedeploy/ecs-task-sets.ts';
import { ElbRoutes } from './codedeploy/elb-routes.ts';
import { codeDeployOperations } from './codedeploy/operations.ts';
import { codeDeployProvisions } from './codedeploy/provisions.ts';
import type { TaskRuntime } from './compute/runtime.ts';
import type { Assembly } from './deploy/assembly.ts';
import { Deployment } from './deploy/deployment.ts';
import type { Provisions } from './deploy/provision.ts';
import { AddressPool } from './ecs/address-pool.ts';
import { startContainerInsights } from './ecs/container-insights.ts';
import { Ecs } from './ecs/ecs.ts';
import { elbTargetGroups } from './ecs/elb-target-groups.ts';
import { ecsOperations } from './ecs/operations.ts';
import { ecsProvisions } from './ecs/provisions.ts';
import type { SecretSource } from './ecs/secrets.ts';
import { LoadBalancing } from './elb/load-balancing.ts';
import { loadBalancingOperations } from './elb/operations.ts';
import { loadBalancingProvisions } from './elb/provisions.ts';
import { Functions, type FunctionsOptions } from './functions/functions.ts';
import { lambdaOperations } from './functions/operations.ts';
import { functionProvisions } from './functions/provisions.ts';
import { dynamoDb, dynamoDbProvisions } from './ledger/dynamodb.ts';
import type { Network } from './network/network.ts';
import { ecrOperations, ecrProvisions } from './registry/operations.ts';
import { Registry } from './registry/registry.ts';
import { Autoscaling } from './services/autoscaling.ts';
import { EventBus } from './services/event-bus.ts';
import { Logs } from './services/logs.ts';
import { NetworkInterfaces } from './services/network-interfaces.ts';
import { Parameters } from './services/parameters.ts';
import { Rds } from './services/rds.ts';
import { Secrets } from './services/secrets.ts';
import { stsOperations } from './services/sts.ts';
import { Topics } from './services/topics.ts';
import { executionStatusChange } from './stepfunctions/events.ts';
import { lambdaTask } from './stepfunctions/lambda-task.ts';
import { stepFunctionsOperations } from './stepfunctions/operations.ts';
import { stateMachineProvisions } from './stepfunctions/provisions.ts';
import { StateMachines } from './stepfunctions/state-machines.ts';

export interface CloudOptions extends Pick<FunctionsOptions, 'hold' | 'vpcProxy' | 'inProcess' | 'sandbox'> {
  readonly clock: Clock;
  /** Runs the tasks of ECS. */
  readonly runtime: TaskRuntime;
  /** Carries the load balancer's health checks. */
  readonly network: Network;
  /** At least 0 and less than 1; decides between weighted target groups. */
  readonly random: () => number;
  /** The synthesized app. */
  readonly assembly: Assembly;
  /** For temporary files. */
  readonly folder: string;
  /** The databases, which each stage has in its own way. */
  readonly databases: Provisions;
  /** Where the endpoint listens. @default any free port of the loopback address */
  readonly listen?: { readonly port: number; readonly host: string };
}

/**
 * One AWS account as the stage models it, wired together: the endpoint that SDK clients call, and the models
 * behind it. What runs tasks, carries requests and tells the time is given.
 */
export interface Cloud {
  readonly endpoint: Endpoint;
  readonly endpointUrl: string;
  readonly authorizer: Authorizer;
  readonly deployment: Deployment;
  readonly elb: LoadBalancing;
  readonly ecs: Ecs;
  readonly codedeploy: CodeDeploy;
  readonly cloudwatch: CloudWatch;
  readonly rds: Rds;
  readonly registry: Registry;
  readonly parameters: Parameters;
  readonly topics: Topics;
  readonly events: EventBus;
  readonly machines: StateMachines;
  readonly functions: Functions;
  close(): Promise<void>;
}

/** Opens the account and deploys the synthesized app into it. */
export async function openCloud(options: CloudOptions): Promise<Cloud> {
  const { clock, runtime, network, random, assembly, folder, databases, hold } = options;
  const place = { region, account };
  const roles = new Roles();
  const identities = new Identities();
  const authorizer: Authorizer = new Authorizer(roles, (service, operation, input) =>
    endpoint.lookUp(service, operation, input),
  );
  const endpoint = new Endpoint({ clock, identities, authorize: authorizer.authorize });
  const endpointUrl = await endpoint.listen(options.listen?.port, options.listen?.host);

  const logs = new Logs(clock);
  const parameters = new Parameters(clock);
  const secrets = new Secrets(clock);
  const topics = new Topics(clock);
  const registry = new Registry(clock);
  const autoscaling = new Autoscaling(clock);
  const rds = new Rds(clock);
  const interfaces = new NetworkInterfaces();
  const addresses = new AddressPool();
  const log = (group: string, stream: string, line: string): void => logs.append(group, stream, line);
  const events: EventBus = new EventBus(clock, (target, input, role) => {
    if (target.includes(':sns:')) topics.publish(target, input, null);
    else if (target.includes(':states:')) {
      authorizer.demand(role ?? '', { action: 'states:StartExecution', resource: target, context: {} });
      machines.start(target, input);
    } else throw new Error(`The stage delivers no events to ${target}.`);
  });

  const functions = new Functions({
    clock,
    hold,
    endpointUrl,
    log,
    credentials: (role) => identities.issue(role),
    ...(options.vpcProxy !== undefined && { vpcProxy: options.vpcProxy }),
    ...(options.inProcess !== undefined && { inProcess: options.inProcess }),
    ...(options.sandbox !== undefined && { sandbox: options.sandbox }),
  });
  const machines: StateMachines = new StateMachines({
    clock,
    invoke: (role) =>
      lambdaTask({ functions, demand: (name, permission) => authorizer.demand(name, permission) }, role),
    changed: (execution) => void events.put(executionStatusChange(execution)),
  });
  const cloudwatch = new CloudWatch({
    clock,
    ...place,
    onStateChange: (change) => void events.put(alarmStateChangeEvent(change)),
  });
  const elb = new LoadBalancing({
    clock,
    ...place,
    network,
    random,
    putMetric: (datum) => cloudwatch.put(datum),
    allocateAddress: () => addresses.allocate(),
  });
  const readSecret = (source: SecretSource): string => {
    const value = source.kind === 'secret' ? secrets.value(source.secretId) : parameters.value(source.name);
    if (value === null) throw new Error(`There is no ${source.kind} ${JSON.stringify(source)}.`);
    return value;
  };
  const ecs = new Ecs({ clock, ...place, runtime, addresses, readSecret, log, targetGroups: elbTargetGroups(elb) });
  startContainerInsights({ clock, ecs, putMetric: (datum) => cloudwatch.put(datum) });
  const codedeploy = new CodeDeploy(clock, {
    taskSets: new EcsTaskSets(ecs),
    routes: new ElbRoutes(elb),
    alarms: { state: (name) => cloudwatch.alarmState(name) },
  });

  endpoint.serveRaw('dynamodb', dynamoDb());
  endpoint.serve('application-autoscaling', autoscaling.operations());
  endpoint.serve('codedeploy', codeDeployOperations(codedeploy));
  endpoint.serve('ec2', interfaces.operations());
  endpoint.serve('ecr', ecrOperations(registry));
  endpoint.serve('ecs', ecsOperations(ecs));
  endpoint.serve('elasticloadbalancing', loadBalancingOperations(elb));
  endpoint.serve('events', events.operations());
  endpoint.serve('lambda', lambdaOperations(functions));
  endpoint.serve('logs', logs.operations());
  endpoint.serve('monitoring', cloudWatchOperations(cloudwatch));
  endpoint.serve('rds', rds.operations());
  endpoint.serve('secretsmanager', secrets.operations());
  endpoint.serve('sns', topics.operations());
  endpoint.serve('ssm', parameters.operations());
  endpoint.serve('states', stepFunctionsOperations(machines));
  endpoint.serve('sts', stsOperations());

  const deployment = new Deployment(
    {
      ...iamProvisions(roles),
      ...logs.provisions(),
      ...parameters.provisions(),
      ...secrets.provisions(),
      ...topics.provisions(),
      ...events.provisions(),
      ...autoscaling.provisions(),
      ...ecrProvisions(registry),
      ...dynamoDbProvisions(endpointUrl),
      ...rds.provisions(databases),
      ...loadBalancingProvisions(elb),
      ...ecsProvisions(ecs),
      ...codeDeployProvisions(codedeploy),
      ...cloudWatchProvisions(cloudwatch),
      ...functionProvisions({
        functions,
        asset: (key) => assembly.asset(key),
        inlineFolder: join(folder, 'functions'),
      }),
      ...stateMachineProvisions(machines),
    },
    { parameter: (name) => parameters.value(name), secret: (id) => secrets.value(id) },
  );
  const close = async (): Promise<void> => {
    await functions.close();
    await endpoint.close();
  };
  try {
    await deployment.deploy(assembly);
  } catch (error) {
    await close();
    throw error;
  }
  for (const balancer of elb.loadBalancers()) {
    for (const [index, privateIp] of balancer.privateIps.entries()) {
      interfaces.attach({
        description: `ELB ${balancer.fullName}`,
        privateIp,
        subnet: balancer.subnets[index] ?? '',
      });
    }
  }
  return {
    endpoint,
    endpointUrl,
    authorizer,
    deployment,
    elb,
    ecs,
    codedeploy,
    cloudwatch,
    rds,
    registry,
    parameters,
    topics,
    events,
    machines,
    functions,
    close,
  };
}
