import type { KnexLock } from './knexLock';
import { describe, type Session } from './sessions';

export type LockVerdict =
  | { readonly is: 'free' }
  /** Nobody can be holding it any more. */
  | { readonly is: 'abandoned'; readonly reason: string }
  | { readonly is: 'held'; readonly reason: string; readonly holders: readonly Session[] };

/**
 * Whether the holder of Knex's lock is provably gone. Pure. A process that is gone has no session left on the server,
 * so it is gone when its own sessions are, or, where nobody can tell whose they are, when there are none at all.
 */
export function judgeLock({ rows, inTransaction, writers, run, others }: KnexLock): LockVerdict {
  if (inTransaction) {
    const who = writers.map(describe).join(', ') || 'a transaction that is prepared, or ended just now';
    return { is: 'held', reason: `migrating right now, in a transaction: ${who}`, holders: writers };
  }
  const locked = rows.some((row) => row.locked);
  if (!locked && rows.length <= 1) return { is: 'free' };
  if (!locked)
    return { is: 'abandoned', reason: `nobody holds it, but it has ${rows.length} rows, and Knex expects 1` };
  if (run) {
    return run.sessions.length === 0
      ? { is: 'abandoned', reason: `${run.holder} took it at ${run.since}, and has no session left on the server` }
      : {
          is: 'held',
          reason: `${run.holder} took it at ${run.since}, and is still there: ${run.sessions.map(describe).join(', ')}`,
          holders: run.sessions,
        };
  }
  return others.length === 0
    ? { is: 'abandoned', reason: 'no session is left in its database' }
    : {
        is: 'held',
        reason: `a backend that migrates by itself took it, and any of these may be that one: ${others.map(describe).join(', ')}`,
        holders: others,
      };
}

/**
 * Since when the lock is held; undefined when nobody can know. Pure. Knex records no time. What is known: a run of this
 * tool says when it took the lock, a transaction when it began, and the server when the row was written, if told to keep
 * such times.
 */
export function heldSince({ inTransaction, writers, run, writtenAt }: KnexLock): string | undefined {
  if (inTransaction)
    return writers
      .map((writer) => writer.transactionSince ?? '')
      .filter(Boolean)
      .toSorted()[0];
  return run?.since ?? writtenAt;
}
