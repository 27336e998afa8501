import type { Knex } from 'knex';
import { markLock, unmarkLock } from './knexLock';
import { log } from './log';
import { forgoesTransaction, loadMigration } from './migrations';
import { SchemaError } from './SchemaError';
import type { SetPlan } from './types';

export interface AppliedSet {
  readonly plugin: string;
  readonly package: string;
  readonly table: string;
  readonly migrations: readonly string[];
}

/** Runs what is pending of one set as the plugin itself would have, and names the migration that fails. */
export async function applySet(knex: Knex, plan: SetPlan, files: readonly string[]): Promise<AppliedSet> {
  const { set, pending } = plan;
  const { plugin, package: name, table } = set;
  // Else Knex's lock lives in the transaction of all, and dies with it.
  const leavesLock = pending.some((file) => forgoesTransaction(loadMigration(set, file)));
  let running: string | undefined;
  let marked = false;
  try {
    await knex.migrate.latest({
      tableName: table,
      migrationSource: {
        getMigrations: async () => [...files],
        getMigrationName: (file: string) => file,
        getMigration: async (file: string): Promise<Knex.Migration> => {
          const migration = loadMigration(set, file);
          return {
            ...migration,
            up: async (k) => {
              running = file;
              if (leavesLock && !marked) await markLock(knex, table);
              marked = leavesLock;
              return migration.up(k);
            },
          };
        },
      },
    });
  } catch (error) {
    throw failure(error, plugin, name, running);
  } finally {
    if (marked) await unmarkLock(knex, table).catch(() => undefined);
  }
  log(`${plugin}: ${pending.length} migrations of ${name} applied (${table})`);
  return appliedSet(plan, pending);
}

export function appliedSet({ set }: SetPlan, migrations: readonly string[]): AppliedSet {
  return { plugin: set.plugin, package: set.package, table: set.table, migrations };
}

function failure(error: unknown, plugin: string, name: string, migration: string | undefined): SchemaError {
  const message = error instanceof Error ? error.message : String(error);
  const what = migration ? `The migration ${migration}` : 'Migrating';
  return new SchemaError(
    'migration-failed',
    `${what} of ${name} failed in the database of ${plugin}: ${message}`,
    { plugin, package: name, ...(migration ? { migration } : {}) },
    { cause: error },
  );
}
