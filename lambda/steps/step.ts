import { z } from 'zod';
import { isTransient, LockLost, Transient } from '../aws/errors.ts';
import { putRelease } from '../aws/ledger.ts';
import { readLock } from '../aws/lock.ts';
import type { OpenedRelease, Release } from '../domain/release.ts';
import { heedCancel } from './cancel.ts';
import { environment } from './environment.ts';
import { announce } from './phase.ts';

const envelopeSchema = z.strictObject({
  input: z.unknown(),
  execution: z.strictObject({ id: z.string(), name: z.string(), startedAt: z.string() }),
  enteredAt: z.string(),
});

export interface StepContext {
  /** `startedAt` (ISO) stays what it was when the execution is redriven. */
  readonly execution: { readonly id: string; readonly name: string; readonly startedAt: string };
  /** When the state was entered, ISO: the only clock that a step decides by. */
  readonly now: string;
}

/** A state's function: what the state machine invokes. */
export type Step = (envelope: unknown) => Promise<Release>;

/** The document does not have the form that this state needs. Never retried. */
export class MalformedRelease extends Error {
  override readonly name = 'MalformedRelease';
}

/**
 * Wraps a state's work, a function from Release to Release: checks the input, clears the last wait,
 * heeds a cancellation, announces a state that is new, stores the result in the ledger, logs one line, and gives errors
 * the names that the state machine matches on (`Transient` is retried, every other error is final).
 */
export function step<Input>(
  name: string,
  schema: z.ZodType<Input>,
  work: (input: Input, context: StepContext) => Promise<Release>,
): Step {
  return async (envelope) => {
    const told: Record<string, unknown> = { state: name };
    try {
      const { input, execution, enteredAt } = check(name, envelopeSchema, envelope);
      Object.assign(told, { release: execution.name, at: enteredAt });
      const { document, opened, refused } = await heedCancel(name, withoutWait(input));
      const before = check(name, schema, document);
      const warning = opened && !refused ? await announce(opened, { name, at: enteredAt }) : null;
      if (warning !== null) log({ level: 'warn', ...told, warning });
      const worked = refused ?? (await work(before, { execution, now: enteredAt }));
      const after = visited(worked, name, enteredAt);
      await store(after);
      log({ level: 'info', ...told, ...summary(after) });
      return after;
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      log({ level: 'error', ...told, error: text });
      if (isTransient(error)) throw new Transient(text, { cause: error });
      throw error;
    }
  };
}

/**
 * Checks, right before a change, that no other release has taken the lock.
 * @throws LockLost when one has
 */
export async function fence(release: OpenedRelease): Promise<void> {
  const lock = await readLock(environment('LEDGER_TABLE'), release.service);
  if (lock.token === release.token && lock.holder?.execution === release.execution) return;
  throw new LockLost(
    `Release ${release.id} held the lock of ${release.service} with token ${release.token}; now it has token ${lock.token} and is held by ${lock.holder?.release ?? 'nobody'}.`,
  );
}

/** A retried state was entered once; Close's time is in the entry that it has made final. */
function visited(release: Release, name: string, at: string): Release {
  if (release.outcome !== null) return release;
  const before = release.timings[name] ?? { first: at, last: at, visits: 0 };
  const visits = before.visits + (before.visits > 0 && before.last === at ? 0 : 1);
  return { ...release, state: { name, at }, timings: { ...release.timings, [name]: { ...before, last: at, visits } } };
}

/** One that waits to be opened is none yet; one that has ended was stored by Close. */
async function store(release: Release): Promise<void> {
  if (release.outcome !== null || (release.token === null && release.wait !== null)) return;
  if (await putRelease(environment('LEDGER_TABLE'), release)) return;
  throw new LockLost(`Release ${release.id} is over, or another execution has taken it over: see its entry.`);
}

function check<Input>(name: string, schema: z.ZodType<Input>, input: unknown): Input {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new MalformedRelease(`${name} got a document that it cannot work on. ${problems}.`);
}

function withoutWait(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'wait' in input ? { ...input, wait: null } : input;
}

function summary(release: Release): Record<string, unknown> {
  return {
    service: release.service,
    ...(release.wait && { wait: release.wait.seconds }),
    ...(release.refusal !== null && { refusal: release.refusal }),
    ...(release.decision && { verdict: release.decision.verdict, reasons: release.decision.reasons }),
    ...(release.outcome && { outcome: release.outcome, reason: release.reason }),
  };
}

function log(entry: Record<string, unknown>): void {
  console.log(JSON.stringify(entry));
}
