import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import type { Account } from './account.ts';
import { Failure } from './failure.ts';
import { type ReleaseView, readRelease } from './release-view.ts';

/** A state's function while it runs, or since it ran. A state that is looped through is one visit. */
export interface Visit {
  readonly state: string;
  /** Milliseconds since the epoch, on the workflow's clock. */
  readonly enteredAt: number;
  readonly leftAt: number | null;
}

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution as it was seen at one moment. */
export interface Sighting {
  readonly arn: string;
  readonly id: string;
  readonly status: Status;
  /** What Step Functions says of an execution that did not succeed. */
  readonly cause: string;
  readonly visits: readonly Visit[];
  /** The state that runs, or waits to run again. */
  readonly state: string;
  /** When something last happened, on the workflow's clock. */
  readonly at: number;
  readonly startedAt: number;
  /** Null until the first state has made one. */
  readonly release: ReleaseView | null;
}

export type Described = Pick<
  DescribeExecutionCommandOutput,
  'executionArn' | 'name' | 'input' | 'status' | 'startDate'
>;

/** Null when there is no such execution. */
export async function describeExecution(account: Account, executionArn: string): Promise<Described | null> {
  try {
    return await (await account.client('sfn')).send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return null;
    throw error;
  }
}

/**
 * Finds a release or a rollback by its id, or by the ARN of its execution.
 * @throws Failure when the environment has none of that id
 */
export async function findExecution(account: Account, id: string): Promise<Described> {
  const { releaseStateMachine, rollbackStateMachine } = account.names;
  const arns = id.startsWith('arn:')
    ? [id]
    : await Promise.all([releaseStateMachine, rollbackStateMachine].map((each) => account.executionArn(each, id)));
  for (const arn of arns) {
    const found = await describeExecution(account, arn);
    if (found !== null) return found;
  }
  const { environment, endpointText } = account.target;
  throw new Failure(
    `The environment ${environment} at ${endpointText} has no release ${id}. The history command lists them; Step Functions keeps executions for 90 days.`,
  );
}

/** Ids of the releases and rollbacks that run. */
export async function runningExecutions(account: Account): Promise<string[]> {
  const { releaseStateMachine, rollbackStateMachine } = account.names;
  const sfn = await account.client('sfn');
  const lists = await Promise.all(
    [releaseStateMachine, rollbackStateMachine].map(async (machine) => {
      const stateMachineArn = await account.machineArn(machine);
      const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' });
      const { executions = [] } = await sfn.send(list);
      return executions.map(({ name = '' }) => name);
    }),
  );
  return lists.flat();
}

/** Events of one page; between two polls there are far fewer. */
const pageSize = 100;
/** The newest events that surely carry the document: a state's entry or exit is never further back. */
const recentEvents = 12;

/**
 * Looks at one execution again and again, by its history alone: whoever may start releases may read
 * their executions, and need not read the ledger.
 */
export class Observer {
  readonly #account: Account;
  readonly #arn: string;
  readonly #visits = new Map<string, Visit>();
  #lastEvent = 0;
  #sighting: Sighting;

  constructor(account: Account, { executionArn = '', name = '', startDate }: Described) {
    this.#account = account;
    this.#arn = executionArn;
    const startedAt = startDate?.getTime() ?? 0;
    this.#sighting = {
      arn: executionArn,
      id: name,
      status: 'RUNNING',
      cause: '',
      visits: [],
      state: 'Open',
      at: startedAt,
      startedAt,
      release: null,
    };
  }

  async look(): Promise<Sighting> {
    const events = await this.#newEvents();
    const newest = events.at(-1);
    if (newest === undefined) return this.#sighting;
    for (const event of events) this.#visit(event);
    const visits = [...this.#visits.values()];
    const { status, cause } = ending(newest);
    this.#sighting = {
      ...this.#sighting,
      status,
      cause,
      visits,
      // While the workflow waits or chooses: the state that ran last.
      state: visits.at(-1)?.state ?? 'Open',
      at: time(newest),
      release: (await this.#document()) ?? this.#sighting.release,
    };
    return this.#sighting;
  }

  /** Oldest first. Step Functions pages from either end: from the newest back to what is known. */
  async #newEvents(): Promise<HistoryEvent[]> {
    const found: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#history({ maxResults: pageSize, includeExecutionData: false, nextToken });
      found.push(...page.events);
      nextToken = (page.events.at(-1)?.id ?? 0) > this.#lastEvent + 1 ? page.nextToken : undefined;
    } while (nextToken !== undefined);
    const fresh = found.filter(({ id = 0 }) => id > this.#lastEvent).toReversed();
    this.#lastEvent = fresh.at(-1)?.id ?? this.#lastEvent;
    return fresh;
  }

  async #document(): Promise<ReleaseView | null> {
    const { events } = await this.#history({ maxResults: recentEvents, includeExecutionData: true });
    for (const event of events) {
      const release = readRelease(
        event.executionSucceededEventDetails?.output ??
          event.stateExitedEventDetails?.output ??
          event.stateEnteredEventDetails?.input,
      );
      if (release !== null) return release;
    }
    return null;
  }

  async #history(page: {
    maxResults: number;
    includeExecutionData: boolean;
    nextToken?: string | undefined;
  }): Promise<{ events: HistoryEvent[]; nextToken: string | undefined }> {
    const { events = [], nextToken } = await (await this.#account.client('sfn')).send(
      new GetExecutionHistoryCommand({ executionArn: this.#arn, reverseOrder: true, ...page }),
    );
    return { events, nextToken };
  }

  #visit(event: HistoryEvent): void {
    const at = time(event);
    if (event.type === 'TaskStateEntered') {
      const state = event.stateEnteredEventDetails?.name ?? '';
      const before = this.#visits.get(state);
      this.#visits.delete(state);
      this.#visits.set(state, { state, enteredAt: before?.enteredAt ?? at, leftAt: null });
    } else if (event.type === 'TaskStateExited') {
      const state = event.stateExitedEventDetails?.name ?? '';
      const visit = this.#visits.get(state);
      if (visit !== undefined) this.#visits.set(state, { ...visit, leftAt: at });
    }
  }
}

function time({ timestamp }: HistoryEvent): number {
  return timestamp?.getTime() ?? 0;
}

function ending(event: HistoryEvent): Pick<Sighting, 'status' | 'cause'> {
  const {
    executionFailedEventDetails: failed,
    executionTimedOutEventDetails: late,
    executionAbortedEventDetails,
  } = event;
  if (event.type === 'ExecutionSucceeded') return { status: 'SUCCEEDED', cause: '' };
  if (event.type === 'ExecutionFailed') return { status: 'FAILED', cause: causeOf(failed) };
  if (event.type === 'ExecutionTimedOut') return { status: 'TIMED_OUT', cause: causeOf(late) };
  if (event.type === 'ExecutionAborted') return { status: 'ABORTED', cause: causeOf(executionAbortedEventDetails) };
  return { status: 'RUNNING', cause: '' };
}

function causeOf(details?: { error?: string | undefined; cause?: string | undefined }): string {
  return [details?.error, message(details?.cause ?? '')].filter(Boolean).join(': ');
}

/** The cause that Lambda gives is a JSON document with the error's message. */
function message(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage);
  } catch {
    // Then it is words already.
  }
  return cause;
}
