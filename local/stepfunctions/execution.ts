import { roleArn } from '../aws/arn.ts';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import type { Definition, State } from './definition.ts';
import { History } from './history.ts';
import type { Interpreter, InterpreterEvent, TaskHandler } from './interpreter.ts';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/**
 * Does what a Task asks for: `{FunctionName, Payload}` in, `{Payload, StatusCode, …}` out.
 * @throws TaskError with the name and cause that Retry and Catch are to see
 */
export type Invoke = (parameters: unknown) => Promise<unknown>;

/** An error of a Task as the state machine sees it. AWS matches its name, and hands its message on as the cause. */
export class TaskError extends Error {
  /** Read by the interpreter: some errors no Retry and no Catch can match. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, matchable = true) {
    super(cause);
    this.name = name;
    this.isRetryable = matchable;
    this.isCatchable = matchable;
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const historyLimit = 25_000;
const dataLimitBytes = 256 * 1024;
const longestTimeoutSeconds = 99_999_999;

export interface ExecutionOptions {
  readonly arn: string;
  readonly name: string;
  readonly stateMachine: {
    readonly arn: string;
    readonly name: string;
    readonly role: string;
    readonly definition: Definition;
  };
  readonly input: string;
  readonly clock: Clock;
  readonly interpreter: Interpreter;
  readonly invoke: Invoke;
  readonly changed: (execution: Execution) => void;
}

/** The library sets `StartTime` itself, anew for every run; when an execution is redriven, AWS keeps it. */
function withOwnStart(state: State): State {
  const text = JSON.stringify(state).replaceAll('$$.Execution.StartTime', () => '$$.Execution.OwnStartTime');
  const own: State = JSON.parse(text);
  return own;
}

/** One run of a state machine. */
export class Execution {
  readonly options: ExecutionOptions;
  readonly history = new History();
  readonly startedAt: number;
  status: Status = 'RUNNING';
  stoppedAt: number | null = null;
  output: string | null = null;
  error: string | null = null;
  cause: string | null = null;
  /** How often it was redriven. */
  redrives = 0;
  /** Resolves when the execution has ended, however it ended. */
  ended: Promise<void>;
  /** The context object's `State`; the interpreter reads it whenever it evaluates a path. */
  readonly #state = { Name: '', EnteredTime: '', RetryCount: 0 };
  #entered: { readonly name: string; readonly input: unknown };
  #abort: () => void = () => undefined;

  constructor(options: ExecutionOptions) {
    this.options = options;
    this.startedAt = options.clock.now();
    this.history.add('ExecutionStarted', this.startedAt, {
      executionStartedEventDetails: { input: options.input, roleArn: roleArn(options.stateMachine.role) },
    });
    this.#entered = { name: options.stateMachine.definition.StartAt, input: JSON.parse(options.input) };
    this.ended = this.#run();
    options.changed(this);
  }

  /** Ends the execution from outside; a task that is running runs on, as a Lambda function would. */
  stop(error: string | null, cause: string | null): void {
    if (this.status !== 'RUNNING') return;
    this.#end('ABORTED', { error, cause });
    this.#abort();
  }

  /**
   * Goes on with the state in which it ended, and what had gone into it.
   * @throws ServiceError ExecutionNotRedrivable when it runs, or has succeeded
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  redrive(): void {
    if (this.status === 'RUNNING' || this.status === 'SUCCEEDED') {
      throw new ServiceError('ExecutionNotRedrivable', `Execution is ${this.status}: '${this.options.arn}'`);
    }
    this.status = 'RUNNING';
    this.stoppedAt = this.output = this.error = this.cause = null;
    this.redrives += 1;
    this.history.add('ExecutionRedriven', this.options.clock.now(), {
      executionRedrivenEventDetails: { redriveCount: this.redrives },
    });
    this.ended = this.#run();
    this.options.changed(this);
  }

  async #run(): Promise<void> {
    const { interpreter, stateMachine } = this.options;
    const { name, input } = this.#entered;
    const drive = this.redrives;
    const definition = this.#watched({ ...stateMachine.definition, StartAt: name });
    const machine = new interpreter.StateMachine(definition, { validationOptions: { noValidate: true } });
    const run = machine.run(input, { context: this.#context(), overrides: this.#overrides(drive) });
    this.#abort = () => run.abort();
    const result = run.result.then(
      (output) => () => this.#end('SUCCEEDED', { output: JSON.stringify(output) }),
      (error: unknown) => () => this.#fail(error),
    );
    for await (const event of run.eventLogs) {
      if (!this.#runs(drive)) return;
      this.#remember(event);
      this.history.read(event);
      if (this.history.events.length >= historyLimit - 1) {
        const cause = `The execution reached the maximum number of history events (${historyLimit}).`;
        this.#end('FAILED', { error: 'States.Runtime', cause });
        run.abort();
        return;
      }
    }
    const settle = await result;
    if (this.#runs(drive)) settle();
  }

  /** Whether it runs, and has not been redriven since. */
  #runs(drive: number): boolean {
    return this.status === 'RUNNING' && this.redrives === drive;
  }

  #remember({ type, state }: InterpreterEvent): void {
    if (type === 'StateEntered' && state !== undefined) this.#entered = { name: state.name, input: state.input };
  }

  /**
   * The definition as the interpreter gets it. It looks a state up at the very moment of entering it, which no
   * event tells in time for the state's own parameters (`$$.State.EnteredTime`). A Task's time-out is kept
   * here, because it is process time, and because the interpreter knows none longer than a minute by default.
   */
  #watched(definition: Definition): object {
    const states = Object.fromEntries(
      Object.entries(definition.States).map(([name, state]) => [
        name,
        state.Type === 'Task' ? { ...withOwnStart(state), TimeoutSeconds: longestTimeoutSeconds } : state,
      ]),
    );
    const enter = (name: string): void => {
      Object.assign(this.#state, {
        Name: name,
        EnteredTime: new Date(this.options.clock.now()).toISOString(),
        RetryCount: 0,
      });
    };
    const watched = new Proxy(states, {
      get: (target, name) => {
        if (typeof name === 'string' && Object.hasOwn(target, name)) enter(name);
        return Reflect.get(target, name);
      },
    });
    return { ...definition, States: watched };
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  #context(): object {
    const { arn, name, stateMachine } = this.options;
    return {
      Execution: {
        Id: arn,
        Name: name,
        RoleArn: roleArn(stateMachine.role),
        OwnStartTime: new Date(this.startedAt).toISOString(),
        RedriveCount: this.redrives,
      },
      State: this.#state,
      StateMachine: { Id: stateMachine.arn, Name: stateMachine.name },
    };
  }

  #overrides(drive: number): { taskResourceLocalHandlers: Record<string, TaskHandler> } {
    const states = Object.entries(this.options.stateMachine.definition.States);
    const tasks = states.filter(([, state]) => state.Type === 'Task');
    const handlers = tasks.map(([name, state]): [string, TaskHandler] => [
      name,
      (input) => this.#task(drive, state, input),
    ]);
    return { taskResourceLocalHandlers: Object.fromEntries(handlers) };
  }

  async #task(drive: number, state: State, parameters: unknown): Promise<unknown> {
    // The interpreter goes on with a retry that was waiting when the execution ended.
    if (!this.#runs(drive)) throw new TaskError('States.Runtime', 'The execution has ended.', false);
    this.#state.RetryCount += 1;
    const attempt = this.history.attempt(parameters);
    attempt.result = await this.#inTime(state, this.options.invoke(parameters));
    const size = Buffer.byteLength(JSON.stringify(attempt.result));
    if (size > dataLimitBytes) {
      const cause = `The task returned ${size} bytes; a state's data may have ${dataLimitBytes}.`;
      throw new TaskError('States.DataLimitExceeded', cause, false);
    }
    return attempt.result;
  }

  async #inTime(state: State, result: Promise<unknown>): Promise<unknown> {
    const { clock, interpreter } = this.options;
    if (state.TimeoutSeconds === undefined) return result;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = clock.afterReal(state.TimeoutSeconds * 1000, () => reject(new interpreter.StatesTimeoutError()));
    try {
      return await Promise.race([result, late]);
    } finally {
      timer.cancel();
    }
  }

  #fail(raised: unknown): void {
    const { name, message, cause } = raised instanceof Error ? raised : new Error(String(raised));
    if (name === 'ExecutionTimeoutError') this.#end('TIMED_OUT', { error: 'States.Timeout' });
    else if (cause instanceof Error) this.#end('FAILED', { error: cause.name, cause: cause.message });
    else this.#end('FAILED', { error: name, cause: message });
  }

  #end(
    status: Exclude<Status, 'RUNNING'>,
    end: { output?: string; error?: string | null; cause?: string | null },
  ): void {
    this.status = status;
    this.stoppedAt = this.options.clock.now();
    this.output = end.output ?? null;
    this.error = end.error ?? null;
    this.cause = end.cause ?? null;
    this.history.end(status, this.stoppedAt, this);
    this.options.changed(this);
  }
}
