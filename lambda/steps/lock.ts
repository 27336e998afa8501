import { describeExecution } from '../aws/executions.ts';
import * as ledger from '../aws/ledger.ts';
import { secondsBetween } from '../domain/time.ts';

export type Acquired = { readonly token: number } | { readonly busy: string };

/**
 * Longest time that a step function may still run after its execution has ended, in seconds; the
 * release stack gives none of them more.
 */
export const longestStepSeconds = 120;

/**
 * Takes the service's lock. The holder's lease is its execution: the lock is taken over only when
 * that execution has ended without giving it back (aborted, timed out), and so long ago that none of
 * its functions can still be running. A second call by the holder gives the same token.
 */
export async function acquire(table: string, service: string, by: ledger.Holder): Promise<Acquired> {
  const lock = await ledger.readLock(table, service);
  const { holder } = lock;
  if (holder?.execution === by.execution) return { token: lock.token };
  if (holder !== undefined) {
    const { running, endedAt } = await describeExecution(holder.execution);
    if (running)
      return { busy: `Release ${holder.release} of ${service} is running since ${holder.since}. Wait for it.` };
    const left = endedAt === null ? 0 : longestStepSeconds - secondsBetween(endedAt, by.since);
    if (left > 0) {
      return {
        busy: `Release ${holder.release} of ${service} ended at ${endedAt} without giving the lock back, and a step of it may still run. Start again in ${Math.ceil(left)} s.`,
      };
    }
  }
  const token = await ledger.takeLock(table, service, lock, by);
  return token === null
    ? { busy: `Another release of ${service} took the lock at the same moment. Wait for it.` }
    : { token };
}
