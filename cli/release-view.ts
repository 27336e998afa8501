import { z } from 'zod';
import { outcomes } from '../lambda/domain/release.ts';

/**
 * What the CLI shows of a Release. Read leniently: the document was written by the workflow as it is
 * deployed, or as it was months ago, and what this version cannot read is left out, not refused.
 */
const text = z.string().catch('');
const instant = z.string().nullable().catch(null);
const count = z.number().catch(0);

const wordSchema = z.object({ by: text, reason: text, at: text }).nullable().catch(null);
const runSchema = z.object({ startedAt: z.string() }).nullable().catch(null);
const checkSchema = z
  .object({ startedAt: z.string(), probes: count, verdict: z.string().nullable().catch(null), reason: text })
  .nullable()
  .catch(null);
const rehearsalSchema = z
  .object({
    startedAt: z.string(),
    tasks: z.array(z.object({ name: z.string(), startedAt: z.string(), ok: z.boolean().nullable() })).catch([]),
    verdict: z.string().nullable().catch(null),
    reason: text,
  })
  .nullable()
  .catch(null);
const answersSchema = z.object({ probes: count, failed: count }).catch({ probes: 0, failed: 0 });

const lookSchema = z.object({
  at: text,
  phase: z.string(),
  greenPercent: count,
  verdict: z.string(),
  reasons: z.array(z.string()).catch([]),
});

const descriptionSchema = z.object({
  policies: z.record(z.string(), z.object({ bakeSeconds: count, approval: z.boolean().catch(false) })).catch({}),
  observation: z.object({ roundsBeforeTraffic: count }).catch({ roundsBeforeTraffic: 0 }),
  deadlines: z.record(z.string(), z.number()).catch({}),
});

const schemaSchema = z.object({
  plan: runSchema,
  pending: z.array(z.object({ plugin: z.string(), migrations: z.array(z.string()) })).catch([]),
  migrate: runSchema,
});
const noSchema = { plan: null, pending: [], migrate: null };

const observationSchema = z.object({
  looks: count,
  before: z.object({ rounds: count }).catch({ rounds: 0 }),
  evidence: z
    .object({ green: answersSchema, blue: answersSchema })
    .catch({ green: { probes: 0, failed: 0 }, blue: { probes: 0, failed: 0 } }),
  recent: z.array(lookSchema).catch([]),
});
const noObservation = observationSchema.parse({});

export const releaseViewSchema = z.object({
  id: z.string(),
  execution: z.string(),
  kind: z.enum(['release', 'rollback']).catch('release'),
  openedAt: z.string(),
  state: z.object({ name: z.string(), at: z.string() }),
  service: z.string(),
  request: z
    .object({
      version: text,
      sequence: z.number().nullable().catch(null),
      policy: text,
      until: z.string().catch('release'),
      requestedBy: text,
      reason: text,
      commit: z.string().optional().catch(undefined),
      approval: z.boolean().catch(false),
    })
    .nullable()
    .catch(null),
  refusal: z.string().nullable().catch(null),
  admission: z.array(z.string()).catch([]),
  cancelled: wordSchema,
  approved: wordSchema,
  description: descriptionSchema.nullable().catch(null),
  image: z.object({ digest: text }).nullable().catch(null),
  blue: z
    .object({ version: z.string().nullable().catch(null), bootstrap: z.boolean().catch(false) })
    .nullable()
    .catch(null),
  schema: schemaSchema.catch(noSchema),
  rehearsal: rehearsalSchema,
  deployment: z
    .object({ id: text, createdAt: z.string(), judgedAt: instant, continuedAt: instant, bakingSince: instant })
    .nullable()
    .catch(null),
  observation: observationSchema.catch(noObservation),
  decision: z
    .object({ verdict: text, reasons: z.array(z.string()).catch([]) })
    .nullable()
    .catch(null),
  promotion: runSchema,
  retreat: z
    .object({ startedAt: z.string(), result: z.string().nullable().catch(null), reason: text })
    .nullable()
    .catch(null),
  snapshot: runSchema,
  mend: runSchema,
  verification: checkSchema,
  /** By the state that failed. */
  failures: z.record(z.string(), z.unknown()).catch({}),
  wait: z.object({ seconds: z.number(), resume: text }).nullable().catch(null),
  outcome: z.enum(outcomes).nullable().catch(null),
  reason: text,
  closedAt: instant,
});
export type ReleaseView = z.infer<typeof releaseViewSchema>;

/** Null for what is no release document, such as the request that an execution starts with. */
export function readRelease(json: string | undefined): ReleaseView | null {
  try {
    return releaseViewSchema.safeParse(JSON.parse(json ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}

/** Whether a person has to let users in: the request or its policy asks for it. */
export function needsApproval({ request, description }: ReleaseView): boolean {
  if (request === null || request.policy === 'rollback') return false;
  return request.approval || description?.policies[request.policy ?? '']?.approval === true;
}
