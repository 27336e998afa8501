import type { Knex } from 'knex';
import { markLock, unmarkLock } from './knexLock';
import { forgoesTransaction, loadMigration } from './migrations';
import { SchemaError } from './SchemaError';
import { isLockNotAvailable } from './state';
import type { MigrationSet } from './types';
import { lockedError } from './unwindPlan';

/** Takes one migration back and forgets every record of it: both or neither, where the migration allows it. */
export async function unwindOne(knex: Knex, set: MigrationSet, name: string): Promise<void> {
  const migration = loadMigration(set, name);
  if (forgoesTransaction(migration)) return unwindInTheOpen(knex, set, name, migration);
  await knex.transaction(async (trx) => {
    await takeLockRow(trx, set);
    await runDown(trx, set, name, migration);
    await forget(trx, set, name);
  });
}

/** Knex's lock is then committed first, as Knex does it: whoever dies here leaves it behind, with its name on it. */
async function unwindInTheOpen(knex: Knex, set: MigrationSet, name: string, migration: Knex.Migration): Promise<void> {
  await knex.transaction(async (trx) => {
    await takeLockRow(trx, set);
    await setLocked(trx, set, 1);
    await markLock(trx, set.table);
  });
  try {
    await runDown(knex, set, name, migration);
    await forget(knex, set, name);
  } finally {
    await setLocked(knex, set, 0);
    await unmarkLock(knex, set.table);
  }
}

/** For the transaction's length it keeps out every backend that would migrate by itself. */
async function takeLockRow(trx: Knex.Transaction, set: MigrationSet): Promise<void> {
  try {
    const rows = await trx<{ is_locked: number }>(`${set.table}_lock`).select('is_locked').forUpdate().noWait();
    if (rows.some((row) => row.is_locked !== 0)) throw lockedError(set);
  } catch (error) {
    if (isLockNotAvailable(error)) throw lockedError(set);
    throw error;
  }
}

async function setLocked(knex: Knex, { table }: MigrationSet, locked: 0 | 1): Promise<void> {
  await knex(`${table}_lock`).update({ is_locked: locked });
}

async function runDown(knex: Knex, set: MigrationSet, name: string, migration: Knex.Migration): Promise<void> {
  try {
    await migration.down?.(knex);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SchemaError(
      'migration-failed',
      `The way back from ${name} of ${set.package} failed in the database of ${set.plugin}: ${message}`,
      { plugin: set.plugin, package: set.package, migration: name },
      { cause: error },
    );
  }
}

/** Racing replicas record a migration twice; one record left would have Knex call the directory corrupt. */
async function forget(knex: Knex, { table }: MigrationSet, name: string): Promise<void> {
  await knex(table).where({ name }).delete();
}
