import { describeExecution } from '../aws/executions.ts';
import * as ledger from '../aws/ledger.ts';
import { secondsBetween } from '../domain/time.ts';

export type Acquired =
  | { readonly token: number; readonly after: ledger.Abandoned | null }
  | {
      /** Why not, in words. */
      readonly busy: string;
    };

/**
 * Longest time that a step function may still run after its execution has ended, in seconds; the
 * release stack gives none of them more.
 */
export const longestStepSeconds = 120;

/**
 * Takes the service's lock. The holder's lease is its execution: the lock is taken over only when
 * that execution has ended without giving it back (aborted, timed out), and so long ago that none of
 * its functions can still be running. A second call by the holder gives the same token.
 *
 * @param blocked says what else stands in the way of a release, asked when the lock is to be had
 */
export async function acquire(
  table: string,
  service: string,
  by: Omit<ledger.Holder, 'after'>,
  blocked: () => Promise<string | null>,
): Promise<Acquired> {
  const lock = await ledger.readLock(table, service);
  const { holder } = lock;
  if (holder?.execution === by.execution) return { token: lock.token, after: holder.after };
  const busy = (holder && (await stillHeld(service, holder, by.since))) ?? (await blocked());
  if (busy !== null) return { busy };
  const after = holder === undefined ? null : { release: holder.release, since: holder.since };
  const token = await ledger.takeLock(table, service, lock, { ...by, after });
  if (token !== null) return { token, after };
  return { busy: `Another release of ${service} took the lock at the same moment. Wait for it.` };
}

/** Why the lock cannot be taken from its holder; null when it can. */
async function stillHeld(service: string, holder: ledger.Holder, now: string): Promise<string | null> {
  const { running, endedAt } = await describeExecution(holder.execution);
  if (running) return `Release ${holder.release} of ${service} is running since ${holder.since}. Wait for it.`;
  const left = endedAt === null ? 0 : longestStepSeconds - secondsBetween(endedAt, now);
  if (left <= 0) return null;
  return `Release ${holder.release} of ${service} ended at ${endedAt} without giving the lock back, and a step of it may still run. Start again in ${Math.ceil(left)} s.`;
}
