import { z } from 'zod';
import { lastReport } from './schema-reports.ts';

/** A plugin may have several sets of migrations: its own, and those of the core services that keep tables for it. */
const statusSchema = z.looseObject({
  plugins: z.array(
    z.looseObject({
      plugin: z.string(),
      sets: z.array(z.looseObject({ pending: z.array(z.string()), locked: z.boolean().default(false) })),
    }),
  ),
});

export interface PendingMigrations {
  readonly plugin: string;
  readonly migrations: string[];
}

export interface SchemaStatus {
  readonly pending: PendingMigrations[];
  /** Plugins of which somebody holds the migration lock, or has left it. */
  readonly locked: string[];
}

/** What the schema tool's `status` printed. Null when it printed nothing of its form. */
export function readStatus(lines: readonly string[]): SchemaStatus | null {
  const status = lastReport(lines, statusSchema);
  if (status === null) return null;
  return {
    pending: status.plugins
      .map(({ plugin, sets }) => ({ plugin, migrations: sets.flatMap(({ pending }) => pending) }))
      .filter(({ migrations }) => migrations.length > 0),
    locked: status.plugins.filter(({ sets }) => sets.some(({ locked }) => locked)).map(({ plugin }) => plugin),
  };
}
