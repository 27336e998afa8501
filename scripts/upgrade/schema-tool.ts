import { join } from 'node:path';
import { z } from 'zod';
import type { AppFolder } from './app-folder.ts';
import type { Surroundings } from './backend.ts';
import { run } from './run.ts';

const setsSchema = z.array(z.object({ plugin: z.string(), migrations: z.array(z.string()) }));
const errorSchema = z.object({ kind: z.string(), message: z.string() }).optional();

const failedSchema = z.object({ error: errorSchema.unwrap() });

/** What is read of the reports, by command. */
export const reports = {
  status: z.object({
    ok: z.literal(true),
    pending: z.int(),
    plugins: z.array(z.object({ plugin: z.string(), sets: z.array(z.object({ pending: z.array(z.string()) })) })),
  }),
  up: z.object({ ok: z.boolean(), ms: z.number(), applied: setsSchema, error: errorSchema }),
  down: z.object({ ok: z.boolean(), ms: z.number(), unwound: setsSchema, error: errorSchema }),
  copy: z.object({
    ok: z.boolean(),
    ms: z.number(),
    rows: z.int(),
    bytes: z.int(),
    plugins: z.array(z.object({ drift: z.object({ onlyLive: z.array(z.string()), onlyCopy: z.array(z.string()) }) })),
    error: errorSchema,
  }),
  drop: z.object({ ok: z.boolean(), dropped: z.array(z.string()) }),
  unlock: z.object({ ok: z.boolean(), held: z.array(z.unknown()), error: errorSchema }),
} as const;

/** Runs the schema tool as one image has it. @throws when it says nothing of this form */
export async function schemaTool<Report>(
  app: AppFolder,
  surroundings: Surroundings,
  schema: z.ZodType<Report>,
  ...command: string[]
): Promise<Report> {
  const told = await runTool(app, surroundings, command);
  const report = schema.safeParse(JSON.parse(told));
  if (report.success) return report.data;
  const failed = failedSchema.safeParse(JSON.parse(told));
  throw new Error(`backstage-schema ${command[0]} of ${app.release}: ${failed.data?.error.message ?? told}`);
}

/** The manifest goes from one image to the other as it is. */
export function manifestOf(app: AppFolder, surroundings: Surroundings): Promise<string> {
  return runTool(app, surroundings, ['manifest']);
}

function runTool(app: AppFolder, surroundings: Surroundings, parameters: readonly string[]): Promise<string> {
  return run('node', [join(app.folder, 'packages/backend/backstage-schema.cjs'), ...parameters, '--json'], {
    cwd: app.folder,
    env: { ...process.env, ...surroundings, PORT: '7007' },
    codes: [0, 1],
  });
}
