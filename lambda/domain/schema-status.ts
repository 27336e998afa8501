import { z } from 'zod';

/** A plugin may have several sets of migrations: its own, and those of the core services that keep tables for it. */
const statusSchema = z.looseObject({
  plugins: z.array(
    z.looseObject({ plugin: z.string(), sets: z.array(z.looseObject({ pending: z.array(z.string()) })) }),
  ),
});

export interface PendingMigrations {
  readonly plugin: string;
  readonly migrations: string[];
}

/**
 * What the schema tool printed: the last line that is JSON of its form. A process may log before it
 * and after it. Null when there is none.
 */
export function readPending(lines: readonly string[]): PendingMigrations[] | null {
  for (const line of lines.toReversed()) {
    const parsed = statusSchema.safeParse(json(line));
    if (parsed.success) {
      return parsed.data.plugins
        .map(({ plugin, sets }) => ({ plugin, migrations: sets.flatMap(({ pending }) => pending) }))
        .filter(({ migrations }) => migrations.length > 0);
    }
  }
  return null;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
