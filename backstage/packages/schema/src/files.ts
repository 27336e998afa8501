import { readdirSync } from 'node:fs';

/** Knex records a migration by the name of its file. */
export function migrationFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /\.c?js$/.test(name))
    .toSorted();
}
