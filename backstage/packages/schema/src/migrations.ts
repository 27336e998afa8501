import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { MigrationSet } from './types';

const load = createRequire(__filename);

export function loadMigration({ directory }: Pick<MigrationSet, 'directory'>, file: string): Migration {
  return load(join(directory, file)) as Migration;
}

interface Migration extends Knex.Migration {
  readonly config?: { readonly transaction?: boolean };
}

/** Some statements, such as CREATE INDEX CONCURRENTLY, cannot run in a transaction: their migrations say so. */
export function forgoesTransaction(migration: Migration): boolean {
  return migration.config?.transaction === false;
}

export function hasDown(set: MigrationSet, file: string): boolean {
  return typeof loadMigration(set, file).down === 'function';
}
