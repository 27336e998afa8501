import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { region } from '../aws/arn.ts';
import type { InterpreterEvent } from './interpreter.ts';

/** One try of a Task: what went in, and what came out. */
export interface Attempt {
  readonly parameters: unknown;
  result?: unknown;
}

const lambda = { resourceType: 'lambda', resource: 'invoke' };

/**
 * The execution's history with the events that AWS writes, so that their number can be held against the
 * quota of 25,000.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #attempts: Attempt[] = [];
  #running: Attempt | null = null;

  /** Called by the task handler, before the interpreter's own event of the same moment is read. */
  attempt(parameters: unknown): Attempt {
    const attempt: Attempt = { parameters };
    this.#attempts.push(attempt);
    return attempt;
  }

  add(
    type: NonNullable<HistoryEvent['type']>,
    at: number,
    details: Omit<HistoryEvent, 'type' | 'timestamp' | 'id'> = {},
  ): void {
    const id = this.events.length + 1;
    this.events.push({ type, timestamp: new Date(at), id, previousEventId: id - 1, ...details });
  }

  /** Translates what the interpreter tells about a state; starts and ends of executions are the stage's own. */
  read(event: InterpreterEvent): void {
    const { type, timestamp: at, state } = event;
    if (state === undefined) return;
    if (type === 'StateEntered') {
      this.#stateEvent('Entered', state.type, at, {
        stateEnteredEventDetails: { name: state.name, input: json(state.input) },
      });
      // The events may be read after the Task they lead to has begun: its attempt is not a Choice's.
      if (state.type === 'Task') this.#schedule(at);
    } else if (type === 'StateRetried') {
      this.#schedule(at);
    } else if (type === 'StateFailed') {
      this.#fail(event);
    } else if (type === 'StateExited') {
      if (this.#running !== null) {
        this.add('TaskSucceeded', at, { taskSucceededEventDetails: { ...lambda, output: json(this.#running.result) } });
        this.#running = null;
      }
      this.#stateEvent('Exited', state.type, at, {
        stateExitedEventDetails: { name: state.name, output: json(state.output) },
      });
    }
  }

  end(status: string, at: number, end: { output: string | null; error: string | null; cause: string | null }): void {
    const output = end.output ?? undefined;
    const details = { error: end.error ?? undefined, cause: end.cause ?? undefined };
    if (status === 'SUCCEEDED') this.add('ExecutionSucceeded', at, { executionSucceededEventDetails: { output } });
    else if (status === 'FAILED') this.add('ExecutionFailed', at, { executionFailedEventDetails: details });
    else if (status === 'TIMED_OUT') this.add('ExecutionTimedOut', at, { executionTimedOutEventDetails: details });
    else this.add('ExecutionAborted', at, { executionAbortedEventDetails: details });
  }

  #stateEvent(what: 'Entered' | 'Exited', type: string, at: number, details: Partial<HistoryEvent>): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the six kinds of state that definitions may have
    this.add(`${type}State${what}` as NonNullable<HistoryEvent['type']>, at, details);
  }

  #schedule(at: number): void {
    const attempt = this.#attempts.shift();
    if (attempt === undefined) return;
    this.#running = attempt;
    const parameters = json(attempt.parameters);
    this.add('TaskScheduled', at, { taskScheduledEventDetails: { ...lambda, region, parameters } });
    this.add('TaskStarted', at, { taskStartedEventDetails: lambda });
  }

  #fail({ timestamp, Error: error, Cause }: InterpreterEvent): void {
    if (this.#running === null) return;
    this.#running = null;
    const details = { ...lambda, error, cause: typeof Cause === 'string' ? Cause : json(Cause) };
    if (error === 'States.Timeout') this.add('TaskTimedOut', timestamp, { taskTimedOutEventDetails: details });
    else this.add('TaskFailed', timestamp, { taskFailedEventDetails: details });
  }
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
