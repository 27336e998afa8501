import { describeExecution } from '../aws/executions.ts';
import { readLock, takeLock } from '../aws/lock.ts';
import type { Abandoned, Holder, Lock } from '../domain/lock.ts';
import { secondsBetween } from '../domain/time.ts';

/**
 * Longest time that a step function may still run after its execution has ended, in seconds; the
 * release stack gives none of them more.
 */
export const longestStepSeconds = 120;

/**
 * How long a lock whose execution is over is left to its recovery, in seconds from the execution's end,
 * before whoever comes next takes it over.
 */
export const leftToRecoverySeconds = 600;

export type LockView = { readonly lock: Lock } & (
  | { readonly kind: 'free' | 'own' }
  | { readonly kind: 'running'; readonly holder: Holder }
  /** Its execution ended that many seconds ago without giving it back; infinitely many when nobody knows. */
  | { readonly kind: 'abandoned'; readonly holder: Holder; readonly seconds: number }
);

/**
 * The service's lock as this execution sees it. The holder's lease is its execution: Step Functions
 * knows whether that runs (docs/adr/0020-execution-is-the-lease.md).
 */
export async function lookAtLock(table: string, service: string, execution: string, now: string): Promise<LockView> {
  const lock = await readLock(table, service);
  const { holder } = lock;
  if (holder === undefined) return { lock, kind: 'free' };
  if (holder.execution === execution) return { lock, kind: 'own' };
  const { running, endedAt } = await describeExecution(holder.execution);
  if (running) return { lock, kind: 'running', holder };
  return { lock, kind: 'abandoned', holder, seconds: endedAt === null ? Infinity : secondsBetween(endedAt, now) };
}

export type Acquired =
  | { readonly token: number; readonly after: readonly Abandoned[] }
  | {
      /** Why not, in words. */
      readonly busy: string;
    };

/**
 * Takes the service's lock for a release. It is taken over only when the holder's execution has ended
 * without giving it back (aborted, timed out), and so long ago that its recovery has had its time and
 * none of its functions can still be running. A second call by the holder gives the same token.
 *
 * @param blocked says what else stands in the way of a release, asked when the lock is to be had
 */
export async function acquire(
  table: string,
  service: string,
  { by, now }: { readonly by: Omit<Holder, 'after'>; readonly now: string },
  blocked: () => Promise<string | null>,
): Promise<Acquired> {
  const view = await lookAtLock(table, service, by.execution, now);
  if (view.kind === 'own') return { token: view.lock.token, after: view.lock.holder?.after ?? [] };
  const busy = busyText(service, view) ?? (await blocked());
  if (busy !== null) return { busy };
  const after = heirOf(view);
  const token = await takeLock(table, service, view.lock, { ...by, after });
  if (token !== null) return { token, after };
  // The taking's answer may have been lost: then it is the client's second try that finds the lock changed.
  const taken = await readLock(table, service);
  if (taken.holder?.execution === by.execution) return { token: taken.token, after };
  return { busy: `Another release of ${service} took the lock at the same moment. Wait for it.` };
}

/** Whom somebody who takes the lock now takes it over from. */
export function heirOf(view: LockView): Abandoned[] {
  if (view.kind !== 'abandoned') return [];
  const { release, since, after } = view.holder;
  return [{ release, since }, ...after];
}

/** Why the lock cannot be taken from its holder; null when it can. */
function busyText(service: string, view: LockView): string | null {
  if (view.kind === 'running') {
    return `Release ${view.holder.release} of ${service} is running since ${view.holder.since}. Wait for it.`;
  }
  if (view.kind !== 'abandoned' || view.seconds >= leftToRecoverySeconds) return null;
  const left = Math.ceil(leftToRecoverySeconds - view.seconds);
  return `Release ${view.holder.release} of ${service} ended without giving the lock back, and is being recovered. Start again when that is over, in ${left} s at the latest.`;
}
