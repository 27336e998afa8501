import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { RegisteredRelease } from './release.ts';

/**
 * What a schema tool printed: the last line that is JSON of this form. A process may log before it and
 * after it. Null when there is none.
 */
export function lastReport<Report>(lines: readonly string[], schema: z.ZodType<Report>): Report | null {
  for (const line of lines.toReversed()) {
    const parsed = schema.safeParse(json(line));
    if (parsed.success) return parsed.data;
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

const errorSchema = z.looseObject({ error: z.looseObject({ kind: z.string().optional(), message: z.string() }) });

/** Why the tool ended badly, in its own words and by its kind; null when it printed no JSON that says so. */
export function readError(
  lines: readonly string[],
): { readonly kind?: string | undefined; readonly message: string } | null {
  return lastReport(lines, errorSchema)?.error ?? null;
}

const copySchema = z.looseObject({
  rows: z.int(),
  bytes: z.int(),
  plugins: z
    .array(
      z.looseObject({
        plugin: z.string(),
        drift: z.looseObject({ onlyLive: z.array(z.string()), onlyCopy: z.array(z.string()) }).optional(),
      }),
    )
    .default([]),
});

export interface CopyReport {
  readonly rows: number;
  readonly bytes: number;
  /** One line for each object in which the live schema differs from what its migrations make. */
  readonly drift: string[];
}

export function readCopy(lines: readonly string[]): CopyReport | null {
  const report = lastReport(lines, copySchema);
  if (report === null) return null;
  const drift = report.plugins.flatMap(({ plugin, drift: found }) => [
    ...(found?.onlyLive ?? []).map((line) => `${plugin}, only live: ${line}`),
    ...(found?.onlyCopy ?? []).map((line) => `${plugin}, only by its migrations: ${line}`),
  ]);
  return { rows: report.rows, bytes: report.bytes, drift };
}

/** Rows of a table, or values of a column. */
const rowsSchema = z.object({
  plugin: z.string(),
  table: z.string(),
  column: z.string().optional(),
  rows: z.int(),
});

export type RowsOf = z.infer<typeof rowsSchema>;

export function rowsText({ plugin, table, column, rows }: RowsOf): string {
  return `${rows} ${column === undefined ? 'rows' : `values of ${column}`} of ${table} (${plugin})`;
}

const downSchema = z.looseObject({
  ok: z.literal(true),
  lost: z.array(rowsSchema).optional(),
  discarded: z.array(rowsSchema).default([]),
});

/**
 * What taking migrations back cost: `discarded` went with what the migrations had added, `lost` was there before them,
 * and is missing where nobody counted.
 */
export function readDown(lines: readonly string[]): z.infer<typeof downSchema> | null {
  return lastReport(lines, downSchema);
}

const manifestSchema = z.looseObject({
  plugins: z
    .array(
      z.looseObject({
        plugin: z.string(),
        sets: z
          .array(z.looseObject({ table: z.string().default(''), migrations: z.array(z.string()).default([]) }))
          .default([]),
      }),
    )
    .min(1),
});

/** What of the schema a release meets: which plugins it changes, and what the database has of them. */
export type Met = Pick<RegisteredRelease['schema'], 'pending' | 'applied'>;

/**
 * The old image's manifest, reduced to the plugins that change and packed for a command line: the overrides
 * of a task have room for 8,192 characters
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#ECS-RunTask-request-overrides). What the manifest
 * does not name at all, `down` leaves alone. Nor must it take back what an earlier release has left, so that counts as
 * the old image's too. Null when nothing of the form was printed.
 */
export function packManifest(lines: readonly string[], { pending, applied }: Met): string | null {
  const manifest = lastReport(lines, manifestSchema);
  if (manifest === null) return null;
  const had = (plugin: string, table: string) =>
    applied.filter((set) => set.plugin === plugin && set.table === table).flatMap(({ migrations }) => migrations);
  const own = manifest.plugins
    .filter(({ plugin }) => pending.some((changing) => changing.plugin === plugin))
    .map(({ plugin, sets, ...rest }) => ({
      ...rest,
      plugin,
      sets: sets.map((set) => ({ ...set, migrations: [...new Set([...set.migrations, ...had(plugin, set.table)])] })),
    }));
  // The old image may have none of them, and a manifest without a plugin would be taken for a broken one.
  const plugins = own.length > 0 ? own : manifest.plugins.slice(0, 1);
  return gzipSync(JSON.stringify({ ...manifest, plugins })).toString('base64');
}
