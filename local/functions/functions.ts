import { randomUUID } from 'node:crypto';
import { region } from '../aws/arn.ts';
import type { Credentials } from '../aws/identities.ts';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { Sandbox, type SandboxOptions } from './sandbox.ts';

/** A function as its template describes it. */
export interface FunctionDescription {
  readonly name: string;
  readonly arn: string;
  /** Name of its execution role. */
  readonly role: string;
  /** Folder of the unpacked bundle. */
  readonly folder: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly inVpc: boolean;
  readonly logGroup: string;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON text: the handler's result, or `{errorType, errorMessage, …}`. */
  readonly payload: string;
  readonly failed: boolean;
}

/** Where a function's bundle runs. */
export type FunctionSandbox = Pick<Sandbox, 'alive' | 'invoke' | 'close'>;

/** Runs inside the stage's process in place of a function's bundle. */
export type InProcessFunction = (payload: unknown) => unknown;

export interface FunctionsOptions {
  readonly clock: Clock;
  /** Keeps virtual time from advancing while a thread works. */
  readonly hold: () => () => void;
  readonly endpointUrl: string;
  readonly credentials: (role: string) => Credentials;
  readonly log: (group: string, stream: string, line: string) => void;
  /** Proxy that leads functions in the VPC to private addresses. */
  readonly vpcProxy?: string;
  /** @default a thread for each */
  readonly sandbox?: (options: SandboxOptions) => FunctionSandbox;
  /** By function name; the others run their bundles. */
  readonly inProcess?: Readonly<Record<string, InProcessFunction>>;
}

/**
 * The stage's Lambda: every function runs the bundle that `cdk deploy` would upload, with its own environment
 * and credentials, in threads that stay warm between invocations.
 */
export class Functions {
  readonly #options: FunctionsOptions;
  readonly #functions = new Map<string, FunctionDescription>();
  readonly #idle = new Map<string, FunctionSandbox[]>();
  readonly #busy = new Set<FunctionSandbox>();
  readonly #invocations = new Map<string, number>();

  constructor(options: FunctionsOptions) {
    this.#options = options;
  }

  /** Creates the function, or updates it: sandboxes of the old code and configuration end. */
  async define(description: FunctionDescription): Promise<void> {
    this.#functions.set(description.name, description);
    const old = this.#idle.get(description.name) ?? [];
    this.#idle.delete(description.name);
    await Promise.all(old.map((sandbox) => sandbox.close()));
  }

  all(): readonly FunctionDescription[] {
    return [...this.#functions.values()];
  }

  /**
   * @param nameOrArn name or ARN of the function, with or without a version
   * @throws ServiceError ResourceNotFoundException
   */
  find(nameOrArn: string): FunctionDescription {
    const name = /(?:.*:function:)?([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
    const found = this.#functions.get(name);
    if (found === undefined)
      throw new ServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    return found;
  }

  /** Invokes a function and waits for what it answers. */
  async invoke(nameOrArn: string, payload: string): Promise<Invocation> {
    const description = this.find(nameOrArn);
    const requestId = randomUUID();
    this.#invocations.set(description.name, this.invocations(description.name) + 1);
    const inProcess = this.#options.inProcess?.[description.name];
    if (inProcess !== undefined) return { requestId, ...(await callInProcess(inProcess, payload)) };
    const release = this.#options.hold();
    try {
      return await this.#invokeSandbox(description, requestId, payload);
    } finally {
      release();
    }
  }

  /** How often a function was invoked; without a name, all of them together. */
  invocations(name?: string): number {
    if (name !== undefined) return this.#invocations.get(name) ?? 0;
    return [...this.#invocations.values()].reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    const all = [...this.#busy, ...[...this.#idle.values()].flat()];
    this.#idle.clear();
    await Promise.all(all.map((sandbox) => sandbox.close()));
  }

  async #invokeSandbox(description: FunctionDescription, requestId: string, payload: string): Promise<Invocation> {
    const sandbox = this.#idle.get(description.name)?.pop() ?? this.#start(description);
    this.#busy.add(sandbox);
    const outcome = await sandbox.invoke(requestId, payload);
    this.#busy.delete(sandbox);
    const current = this.#functions.get(description.name) === description;
    if (sandbox.alive && current)
      this.#idle.set(description.name, [...(this.#idle.get(description.name) ?? []), sandbox]);
    else await sandbox.close();
    return { requestId, payload: outcome.payload, failed: outcome.kind === 'error' };
  }

  #start(description: FunctionDescription): FunctionSandbox {
    const { name, arn, folder, handler, memoryMb, logGroup, timeoutSeconds } = description;
    const day = new Date(this.#options.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    const open = this.#options.sandbox ?? ((options: SandboxOptions) => new Sandbox(options));
    return open({
      data: { folder, handler, functionName: name, functionArn: arn, memoryMb, logGroup, logStream },
      environment: this.#environment(description, logStream),
      timeoutSeconds,
      log: (text) => {
        for (const line of text.trimEnd().split('\n')) this.#options.log(logGroup, logStream, line);
      },
    });
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
  #environment(description: FunctionDescription, logStream: string): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.#options.credentials(description.role);
    const { vpcProxy } = this.#options;
    const proxy = vpcProxy !== undefined && description.inVpc ? { HTTP_PROXY: vpcProxy, HTTPS_PROXY: vpcProxy } : {};
    return {
      ...proxy,
      ...description.environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_ENDPOINT_URL: this.#options.endpointUrl,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: description.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(description.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: description.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      LAMBDA_TASK_ROOT: description.folder,
      _HANDLER: description.handler,
      TZ: ':UTC',
      // Whatever an engineer has configured for the real AWS stays out of it.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }
}

async function callInProcess(
  implementation: InProcessFunction,
  payload: string,
): Promise<Omit<Invocation, 'requestId'>> {
  try {
    const result = await implementation(JSON.parse(payload));
    return { payload: JSON.stringify(result) ?? 'null', failed: false };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { payload: JSON.stringify({ errorType: name, errorMessage: message }), failed: true };
  }
}
