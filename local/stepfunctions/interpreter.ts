import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { type StageGlobals, stageGlobals } from '../clock/timers.ts';

/** What the interpreter reports while it runs. Only the fields that we read. */
export interface InterpreterEvent {
  readonly type: string;
  /** Stage time, in milliseconds since the epoch. */
  readonly timestamp: number;
  readonly state?: {
    readonly name: string;
    readonly type: string;
    readonly input?: unknown;
    readonly output?: unknown;
  };
  readonly Error?: string;
  readonly Cause?: unknown;
}

export type TaskHandler = (parameters: unknown) => Promise<unknown>;

interface RunOptions {
  readonly context: object;
  readonly overrides: { readonly taskResourceLocalHandlers: Readonly<Record<string, TaskHandler>> };
}

interface StateMachineClass {
  new (
    definition: object,
    options: { readonly validationOptions: { readonly noValidate: true } },
  ): {
    run(
      input: unknown,
      options: RunOptions,
    ): { readonly result: Promise<unknown>; readonly eventLogs: AsyncIterable<InterpreterEvent>; abort(): void };
  };
}

/** The parts of aws-local-stepfunctions that the stage uses, in stage time. */
export interface Interpreter {
  readonly StateMachine: StateMachineClass;
  /** What a Task that has timed out is to throw, so that `States.TaskFailed` does not match it. */
  readonly StatesTimeoutError: new () => Error;
}

type Loader = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  ...globals: [StageGlobals['setTimeout'], StageGlobals['clearTimeout'], StageGlobals['Date']]
) => void;

const fromHere = createRequire(join(import.meta.dirname, 'interpreter.ts'));
const path = fromHere.resolve('aws-local-stepfunctions');
const fromLibrary = createRequire(path);

/**
 * The library keeps time with the global timers and `Date`. Compiled with the stage's in their place, its
 * waits, retries and time-outs pass in stage time: 48 hours in a millisecond, or ten times faster.
 * The class of its time-out error, which it does not export, is fetched along.
 */
// oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-type-assertion
const load = new Function(
  'exports',
  'require',
  'module',
  'setTimeout',
  'clearTimeout',
  'Date',
  `${readFileSync(path, 'utf8')}\nmodule.exports = { StateMachine, StatesTimeoutError };`,
) as Loader;

/** Its AWS clients, validator and concurrency limiter are not needed for what the stage runs, and slow to load. */
const unused = /^(@aws-sdk\/|asl-validator$|p-limit$)/;

export function loadInterpreter(clock: Clock): Interpreter {
  const module: { exports: object } = { exports: {} };
  const globals = stageGlobals(clock);
  load(
    module.exports,
    (name) => (unused.test(name) ? {} : fromLibrary(name)),
    module,
    globals.setTimeout,
    globals.clearTimeout,
    globals.Date,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the two classes that the last line above exports
  return module.exports as Interpreter;
}
