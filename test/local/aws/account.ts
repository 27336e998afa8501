import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Endpoint } from '../../../local/aws/endpoint.ts';
import { Authorizer } from '../../../local/aws/iam/authorizer.ts';
import { iamProvisions } from '../../../local/aws/iam/provisions.ts';
import { Roles } from '../../../local/aws/iam/roles.ts';
import { Identities } from '../../../local/aws/identities.ts';
import type { Clock } from '../../../local/clock/clock.ts';
import type { Assembly } from '../../../local/deploy/assembly.ts';
import { Deployment } from '../../../local/deploy/deployment.ts';
import type { Provisions } from '../../../local/deploy/provision.ts';
import { Functions, type InProcessFunction } from '../../../local/functions/functions.ts';
import { lambdaOperations } from '../../../local/functions/operations.ts';
import { functionProvisions } from '../../../local/functions/provisions.ts';
import { dynamoDb, dynamoDbProvisions } from '../../../local/ledger/dynamodb.ts';
import { ecrOperations, ecrProvisions } from '../../../local/registry/operations.ts';
import { Registry } from '../../../local/registry/registry.ts';
import { Autoscaling } from '../../../local/services/autoscaling.ts';
import { EventBus } from '../../../local/services/event-bus.ts';
import { Logs } from '../../../local/services/logs.ts';
import { NetworkInterfaces } from '../../../local/services/network-interfaces.ts';
import { Parameters } from '../../../local/services/parameters.ts';
import { Secrets } from '../../../local/services/secrets.ts';
import { stsOperations } from '../../../local/services/sts.ts';
import { Topics } from '../../../local/services/topics.ts';
import { executionStatusChange } from '../../../local/stepfunctions/events.ts';
import { lambdaTask } from '../../../local/stepfunctions/lambda-task.ts';
import { stepFunctionsOperations } from '../../../local/stepfunctions/operations.ts';
import { stateMachineProvisions } from '../../../local/stepfunctions/provisions.ts';
import { StateMachines } from '../../../local/stepfunctions/state-machines.ts';

export interface AccountOptions {
  readonly clock: Clock;
  /** Keeps virtual time from advancing while a function's thread works; a scaled clock needs none. */
  readonly hold?: () => () => void;
  /** Port of the endpoint; any free one without it. */
  readonly port?: number;
  /** Proxy that leads functions in the VPC to private addresses. */
  readonly vpcProxy?: string;
  /** Functions that run in the stage's own process, by name. */
  readonly inProcess?: Readonly<Record<string, InProcessFunction>>;
}

/** The stage's AWS account without tasks and traffic: the endpoint, and the services that need neither. */
export interface Account {
  /** For `AWS_ENDPOINT_URL`, and for an engineer's AWS CLI. */
  readonly url: string;
  readonly endpoint: Endpoint;
  readonly authorizer: Authorizer;
  readonly identities: Identities;
  readonly functions: Functions;
  readonly stateMachines: StateMachines;
  readonly parameters: Parameters;
  readonly secrets: Secrets;
  readonly logs: Logs;
  readonly topics: Topics;
  readonly eventBus: EventBus;
  readonly networkInterfaces: NetworkInterfaces;
  readonly autoscaling: Autoscaling;
  readonly registry: Registry;
  /** Puts a synthesized app into the account, or updates it. */
  deploy(assembly: Assembly, models: Provisions): Promise<Deployment>;
  close(): Promise<void>;
}

export async function openAccount(options: AccountOptions): Promise<Account> {
  const { clock } = options;
  const identities = new Identities();
  const roles = new Roles();
  const authorizer = new Authorizer(roles, (service, operation, input) => endpoint.lookUp(service, operation, input));
  const endpoint = new Endpoint({ clock, identities, authorize: authorizer.authorize });
  const url = await endpoint.listen(options.port);

  const parameters = new Parameters(clock);
  const secrets = new Secrets(clock);
  const logs = new Logs(clock);
  const topics = new Topics(clock);
  const networkInterfaces = new NetworkInterfaces();
  const autoscaling = new Autoscaling(clock);
  const registry = new Registry(clock);
  const functions = new Functions({
    clock,
    hold: options.hold ?? (() => () => undefined),
    endpointUrl: url,
    credentials: (role) => identities.issue(role),
    log: logs.append,
    ...(options.vpcProxy !== undefined && { vpcProxy: options.vpcProxy }),
    ...(options.inProcess !== undefined && { inProcess: options.inProcess }),
  });
  const eventBus = new EventBus(clock, async (target, input) => {
    if (target.includes(':sns:')) topics.publish(target, input, null);
    else if (target.includes(':states:')) stateMachines.start(target, input);
    else if (target.includes(':lambda:')) await functions.invoke(target, input);
    else throw new Error(`The stage cannot deliver events to ${target}.`);
  });
  const stateMachines = new StateMachines({
    clock,
    invoke: (role) => lambdaTask({ functions, demand: (who, what) => authorizer.demand(who, what) }, role),
    changed: (execution) => eventBus.put(executionStatusChange(execution)),
  });

  endpoint.serve('application-autoscaling', autoscaling.operations());
  endpoint.serve('ec2', networkInterfaces.operations());
  endpoint.serve('ecr', ecrOperations(registry));
  endpoint.serve('events', eventBus.operations());
  endpoint.serve('lambda', lambdaOperations(functions));
  endpoint.serve('logs', logs.operations());
  endpoint.serve('secretsmanager', secrets.operations());
  endpoint.serve('sns', topics.operations());
  endpoint.serve('ssm', parameters.operations());
  endpoint.serve('states', stepFunctionsOperations(stateMachines));
  endpoint.serve('sts', stsOperations());
  endpoint.serveRaw('dynamodb', dynamoDb());

  const inlineFolder = mkdtempSync(join(tmpdir(), 'understudy-inline-code-'));
  let assembly: Assembly | null = null;
  const own: Provisions = {
    ...autoscaling.provisions(),
    ...dynamoDbProvisions(url),
    ...ecrProvisions(registry),
    ...eventBus.provisions(),
    ...functionProvisions({ functions, inlineFolder, asset: (key) => assembly?.asset(key) ?? '' }),
    ...iamProvisions(roles),
    ...logs.provisions(),
    ...parameters.provisions(),
    ...secrets.provisions(),
    ...stateMachineProvisions(stateMachines),
    ...topics.provisions(),
  };
  const references = {
    parameter: (name: string) => parameters.value(name),
    secret: (id: string) => secrets.value(id),
  };

  return {
    url,
    endpoint,
    authorizer,
    identities,
    functions,
    stateMachines,
    parameters,
    secrets,
    logs,
    topics,
    eventBus,
    networkInterfaces,
    autoscaling,
    registry,
    async deploy(app, models) {
      assembly = app;
      const deployment = new Deployment({ ...own, ...models }, references);
      await deployment.deploy(app);
      return deployment;
    },
    async close() {
      await functions.close();
      await endpoint.close();
      rmSync(inlineFolder, { recursive: true, force: true });
    },
  };
}
