import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { OWN_NAME } from './databases';
import { otherSessions, type Session, sessionsNamed, writersOf } from './sessions';
import { exists, isLockNotAvailable } from './state';

/**
 * Knex's lock is a row that does not tell who took it. A run of this tool therefore says so in the comment of the row's
 * table, together with the version of the row that it took: whoever takes the lock later makes the comment void.
 */
interface Mark {
  readonly holder: string;
  readonly since: string;
  readonly version: string;
}

export interface KnexLock {
  /** One row, unless two backends raced to make the table; then Knex takes the lock for held, for ever. */
  readonly rows: readonly { readonly locked: boolean; readonly version: string }[];
  /** Whether a transaction that is still open holds the row. */
  readonly inTransaction: boolean;
  readonly writers: readonly Session[];
  /** The run of this tool that took the lock, and what is left of it. */
  readonly run?: { readonly holder: string; readonly since: string; readonly sessions: readonly Session[] };
  /** Everybody connected to the lock's database, but for this process. */
  readonly others: readonly Session[];
  /** When the row was last written, where the server keeps such times (`track_commit_timestamp`). */
  readonly writtenAt?: string;
}

export async function readLock(knex: Knex, table: string): Promise<KnexLock | undefined> {
  const lockTable = `${table}_lock`;
  if (!(await exists(knex, lockTable))) return undefined;
  // In this order: whoever is gone when asked for last was gone when the lock was still held.
  const rows = await readRows(knex, lockTable);
  const inTransaction = await isHeldByTransaction(knex, lockTable);
  const mark = await readMark(knex, lockTable);
  const isCurrent = mark !== undefined && rows.some((row) => row.locked && row.version === mark.version);
  return {
    rows,
    inTransaction,
    writers: inTransaction ? await writersOf(knex, lockTable, OWN_NAME) : [],
    ...(isCurrent
      ? { run: { holder: mark.holder, since: mark.since, sessions: await sessionsNamed(knex, mark.holder) } }
      : {}),
    others: await otherSessions(knex, OWN_NAME),
    ...(await writingTime(knex, lockTable)),
  };
}

async function writingTime(knex: Knex, lockTable: string): Promise<{ writtenAt?: string }> {
  const { rows } = await knex.raw<{ rows: { tracked: string }[] }>(
    "select current_setting('track_commit_timestamp') as tracked",
  );
  if (rows[0]?.tracked !== 'on') return {};
  const { rows: times } = await knex.raw<{ rows: { at: Date | null }[] }>(
    'select max(pg_xact_commit_timestamp(xmin)) as at from ??',
    [lockTable],
  );
  return times[0]?.at ? { writtenAt: times[0].at.toISOString() } : {};
}

async function readRows(knex: Knex, lockTable: string): Promise<{ locked: boolean; version: string }[]> {
  const { rows } = await knex.raw<{ rows: { is_locked: number; version: string }[] }>(
    'select is_locked, xmin::text as version from ??',
    [lockTable],
  );
  return rows.map((row) => ({ locked: row.is_locked !== 0, version: row.version }));
}

async function isHeldByTransaction(knex: Knex, lockTable: string): Promise<boolean> {
  try {
    await knex.transaction((trx) => trx(lockTable).select('is_locked').forUpdate().noWait());
    return false;
  } catch (error) {
    if (isLockNotAvailable(error)) return true;
    throw error;
  }
}

async function readMark(knex: Knex, lockTable: string): Promise<Mark | undefined> {
  const { rows } = await knex.raw<{ rows: { mark: string | null }[] }>(
    "select obj_description(to_regclass(?), 'pg_class') mark",
    [`"${lockTable}"`],
  );
  try {
    const mark = JSON.parse(rows[0]?.mark ?? '') as Partial<Mark> | null;
    return mark?.holder && mark.since && mark.version ? (mark as Mark) : undefined;
  } catch {
    return undefined;
  }
}

/** Says that this process holds the lock; call it while it does. */
export async function markLock(knex: Knex, table: string): Promise<void> {
  const [row] = await readRows(knex, `${table}_lock`);
  const mark: Mark = { holder: OWN_NAME, since: new Date().toISOString(), version: row?.version ?? '' };
  await comment(knex, `${table}_lock`, `'${JSON.stringify(mark)}'`);
}

export async function unmarkLock(knex: Knex, table: string): Promise<void> {
  await comment(knex, `${table}_lock`, 'null');
}

async function comment(knex: Knex, lockTable: string, literal: string): Promise<void> {
  await knex.raw(`comment on table ?? is ${literal}`, [lockTable]);
}

/** As a fresh installation has it: one row, free; unless somebody has changed it since it was read. */
export async function freeLock(knex: Knex, table: string, { rows }: KnexLock): Promise<boolean> {
  return knex.transaction(async (trx) => {
    await trx(`${table}_lock`).select('is_locked').forUpdate().noWait();
    if (!isDeepStrictEqual(await readRows(trx, `${table}_lock`), rows)) return false;
    await trx(`${table}_lock`).delete();
    await trx(`${table}_lock`).insert({ is_locked: 0 });
    await unmarkLock(trx, table);
    return true;
  });
}
