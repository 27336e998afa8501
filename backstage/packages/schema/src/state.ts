import type { Knex } from 'knex';
import type { MigrationSet, SetState } from './types';

const NOTHING: SetState = { applied: [], locked: false };
const DATABASE_DOES_NOT_EXIST = '3D000';
const LOCK_NOT_AVAILABLE = '55P03';

/** Reads without creating anything; a database, schema or table that is missing has applied nothing. */
export async function readState(knex: Knex, { table }: MigrationSet): Promise<SetState> {
  try {
    if (!(await exists(knex, table))) return NOTHING;
    const rows = await knex<{ name: string }>(table).select('name').orderBy('id');
    return { applied: rows.map((row) => row.name), locked: await isLocked(knex, `${table}_lock`) };
  } catch (error) {
    if (isMissingDatabase(error)) return NOTHING;
    throw error;
  }
}

async function isLocked(knex: Knex, lockTable: string): Promise<boolean> {
  if (!(await exists(knex, lockTable))) return false;
  return (await knex<{ is_locked: number }>(lockTable).where('is_locked', 1).first()) !== undefined;
}

export async function exists(knex: Knex, table: string): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { found: boolean }[] }>('select to_regclass(?) is not null as found', [
    `"${table}"`,
  ]);
  return rows[0]?.found ?? false;
}

export function isMissingDatabase(error: unknown): boolean {
  return hasCode(error, DATABASE_DOES_NOT_EXIST);
}

/** Of a statement with NOWAIT, about a row that another transaction holds. */
export function isLockNotAvailable(error: unknown): boolean {
  return hasCode(error, LOCK_NOT_AVAILABLE);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
