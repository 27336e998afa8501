import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { environmentNames } from '../lambda/domain/names.ts';
import type { Target } from './target.ts';

/** Who signs the calls. */
export interface Identity {
  readonly account: string;
  readonly partition: string;
  /** Name for people: `ada`, `Deployers/ada@example.com`. */
  readonly name: string;
}

interface Clients {
  readonly sfn: SFNClient;
  readonly ledger: DynamoDBDocumentClient;
  readonly ssm: SSMClient;
  readonly ecs: ECSClient;
  readonly cloudwatch: CloudWatchClient;
  readonly scaling: ApplicationAutoScalingClient;
  readonly sts: STSClient;
}

/** Loaded when first used: a client takes up to a quarter of a second, and no command needs all of them. */
const load: { readonly [Name in keyof Clients]: (settings: Settings) => Promise<Clients[Name]> } = {
  sfn: async (settings) => new (await import('@aws-sdk/client-sfn')).SFNClient(settings),
  ledger: async (settings) => {
    const [{ DynamoDBClient }, { DynamoDBDocumentClient }] = await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('@aws-sdk/lib-dynamodb'),
    ]);
    return DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  },
  ssm: async (settings) => new (await import('@aws-sdk/client-ssm')).SSMClient(settings),
  ecs: async (settings) => new (await import('@aws-sdk/client-ecs')).ECSClient(settings),
  cloudwatch: async (settings) => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(settings),
  scaling: async (settings) =>
    new (await import('@aws-sdk/client-application-auto-scaling')).ApplicationAutoScalingClient(settings),
  sts: async (settings) => new (await import('@aws-sdk/client-sts')).STSClient(settings),
};

interface Settings {
  region?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** The account, region and environment that a command works on. */
export class Account {
  readonly target: Target;
  readonly #clients = new Map<keyof Clients, Promise<unknown>>();
  #identity: Promise<Identity> | null = null;

  constructor(target: Target) {
    this.target = target;
  }

  get names() {
    return environmentNames(this.target.environment);
  }

  client<Name extends keyof Clients>(name: Name): Promise<Clients[Name]> {
    const { region, endpoint, credentials } = this.target;
    const client =
      this.#clients.get(name) ??
      load[name]({
        ...(region !== null && { region }),
        ...(endpoint !== null && { endpoint }),
        ...(credentials !== null && { credentials }),
      });
    this.#clients.set(name, client);
    // Stored under its own name above.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return client as Promise<Clients[Name]>;
  }

  /**
   * Needs no permission, and so is known to every role.
   * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
   */
  identity(): Promise<Identity> {
    return (this.#identity ??= this.#callerIdentity());
  }

  async #callerIdentity(): Promise<Identity> {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const { Account: account = '', Arn = '' } = await (await this.client('sts')).send(new GetCallerIdentityCommand({}));
    return { account, partition: Arn.split(':')[1] ?? 'aws', name: nameOf(Arn) };
  }

  /** ARN of a state machine of the environment. */
  async machineArn(machine: string): Promise<string> {
    return this.#statesArn(`stateMachine:${machine}`);
  }

  /** ARN of an execution, made of the names: roles that may start a release may list nothing. */
  async executionArn(machine: string, name: string): Promise<string> {
    return this.#statesArn(`execution:${machine}:${name}`);
  }

  async #statesArn(resource: string): Promise<string> {
    const [{ account, partition }, region] = await Promise.all([this.identity(), this.#region()]);
    return `arn:${partition}:states:${region}:${account}:${resource}`;
  }

  async #region(): Promise<string> {
    return (await this.client('sfn')).config.region();
  }
}

/** `…:user/team/ada` → `ada`; `…:assumed-role/Deployers/ada@example.com` → `Deployers/ada@example.com`. */
export function nameOf(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  const [kind, ...path] = resource.split('/');
  if (kind === 'assumed-role') return path.join('/');
  return path.at(-1) ?? resource;
}
