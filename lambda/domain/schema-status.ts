import { z } from 'zod';
import { lastReport } from './schema-reports.ts';

/** A plugin may have several sets of migrations: its own, and those of the core services that keep tables for it. */
const statusSchema = z.looseObject({
  plugins: z.array(
    z.looseObject({
      plugin: z.string(),
      sets: z.array(
        z.looseObject({
          /** Where the set's migrations are recorded. */
          table: z.string().default(''),
          present: z.array(z.string()).default([]),
          pending: z.array(z.string()),
          locked: z.boolean().default(false),
        }),
      ),
    }),
  ),
  unplaced: z.array(z.looseObject({ package: z.string(), reason: z.string() })).default([]),
});

export interface PendingMigrations {
  readonly plugin: string;
  readonly migrations: string[];
}

/** Migrations of one set that the database has. */
export interface AppliedMigrations extends PendingMigrations {
  readonly table: string;
}

export interface SchemaStatus {
  readonly pending: PendingMigrations[];
  /** Of the plugins that have pending ones. */
  readonly applied: AppliedMigrations[];
  /** Migrations in the image of which its tool cannot tell where they belong, in words. */
  readonly unplaced: string[];
  /** Plugins of which somebody holds the migration lock, or has left it. */
  readonly locked: string[];
}

/** What the schema tool's `status` printed. Null when it printed nothing of its form. */
export function readStatus(lines: readonly string[]): SchemaStatus | null {
  const status = lastReport(lines, statusSchema);
  if (status === null) return null;
  const changing = status.plugins.filter(({ sets }) => sets.some(({ pending }) => pending.length > 0));
  return {
    pending: changing.map(({ plugin, sets }) => ({ plugin, migrations: sets.flatMap(({ pending }) => pending) })),
    applied: changing.flatMap(({ plugin, sets }) =>
      sets
        .filter(({ present }) => present.length > 0)
        .map(({ table, present }) => ({ plugin, table, migrations: present })),
    ),
    unplaced: status.unplaced.map(({ package: name, reason }) => `${name} ${reason}`),
    locked: status.plugins.filter(({ sets }) => sets.some(({ locked }) => locked)).map(({ plugin }) => plugin),
  };
}
