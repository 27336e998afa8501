import type { Knex } from 'knex';
import { log } from './log';
import { loadMigration } from './migrations';
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
  let running: string | undefined;
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
            up: (k) => {
              running = file;
              return migration.up(k);
            },
          };
        },
      },
    });
  } catch (error) {
    throw failure(error, plugin, name, running);
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
