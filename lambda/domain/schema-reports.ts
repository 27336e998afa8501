import { gzipSync } from 'node:zlib';
import { z } from 'zod';

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

/** Why the tool ended badly, in its own words; null when it printed no JSON that says so. */
export function readError(lines: readonly string[]): string | null {
  return lastReport(lines, errorSchema)?.error.message ?? null;
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

const downSchema = z.looseObject({
  ok: z.literal(true),
  lost: z
    .array(z.object({ plugin: z.string(), table: z.string(), column: z.string().optional(), rows: z.int() }))
    .optional(),
});

/** What taking migrations back cost: `lost` is missing from a tool that does not count rows. */
export function readDown(lines: readonly string[]): z.infer<typeof downSchema> | null {
  return lastReport(lines, downSchema);
}

const manifestSchema = z.looseObject({ plugins: z.array(z.looseObject({ plugin: z.string() })).min(1) });

/**
 * An image's manifest, reduced to the plugins that change and packed for a command line: the overrides
 * of a task have room for 8,192 characters
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#ECS-RunTask-request-overrides). What the manifest
 * does not name at all, `down` leaves alone. Null when nothing of the form was printed.
 */
export function packManifest(lines: readonly string[], changing: readonly string[]): string | null {
  const manifest = lastReport(lines, manifestSchema);
  if (manifest === null) return null;
  const own = manifest.plugins.filter(({ plugin }) => changing.includes(plugin));
  // The old image may have none of them, and a manifest without a plugin would be taken for a broken one.
  const plugins = own.length > 0 ? own : manifest.plugins.slice(0, 1);
  return gzipSync(JSON.stringify({ ...manifest, plugins })).toString('base64');
}
