import { z } from 'zod';
import { verdicts } from '../../lambda/domain/rehearsal/record.ts';
import { outcomes } from '../../lambda/domain/release.ts';

const instant = z.iso.datetime();

const schemaAftermathSchema = z.strictObject({
  /** A task of the live version, started anew, writes an entity and reads it back. */
  freshTask: z.strictObject({ works: z.boolean(), detail: z.string() }),
  /** What users wrote into the logbook before and during the release, and what of it is not there any more. */
  entries: z.strictObject({ before: z.int(), during: z.int(), missing: z.array(z.string()) }),
  scratchDatabases: z.array(z.string()),
  /** Knex's locks that are held, as `database.table`. */
  heldLocks: z.array(z.string()),
  /** The rollback that somebody started afterwards; null when nobody did. */
  rollback: z.strictObject({ outcome: z.enum(outcomes).nullable(), reason: z.string() }).nullable(),
});
export type SchemaAftermath = z.infer<typeof schemaAftermathSchema>;

/** What one scenario came to: the JSON that `--report` writes. Times are stage time. */
export const reportSchema = z.strictObject({
  scenario: z.string(),
  service: z.string(),
  /** Name of the execution. */
  release: z.string(),
  outcome: z.enum(outcomes),
  /** Why it ended so, by the ledger's word. */
  reason: z.string(),
  /** Digests of the image that served; null for the bootstrap image. */
  live: z.strictObject({ before: z.string().nullable(), after: z.string().nullable() }),
  /** What serves in the end. */
  serving: z.strictObject({
    targetGroup: z.string(),
    /** Its share of the users' traffic. */
    percent: z.number(),
    healthyTargets: z.int(),
    unhealthyTargets: z.int(),
  }),
  requests: z.strictObject({
    total: z.int(),
    failed: z.int(),
    onGreen: z.int(),
    failedOnBlue: z.int(),
    failedOnGreen: z.int(),
  }),
  /** Of good answers, in milliseconds. */
  latency: z.strictObject({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() }),
  /** The first few failures that users met, in words. */
  failures: z.array(z.string()),
  detection: z.strictObject({
    /** The new version's first bad answer: to a user, else to the prober. */
    firstBadAt: instant.nullable(),
    decidedAt: instant.nullable(),
    /** When users' traffic was all the old version's again. */
    restoredAt: instant.nullable(),
  }),
  exposure: z.strictObject({
    /** Requests of users that failed until the decision. */
    failed: z.int(),
    /** How many of users' requests were the new version's until then, by its share of the traffic. */
    share: z.number(),
  }),
  states: z.array(z.strictObject({ name: z.string(), at: instant, seconds: z.number() })),
  execution: z.strictObject({ historyEvents: z.int(), lambdaInvocations: z.int() }),
  /** What the migrations came to on a copy of the databases; null when it did not get to a rehearsal. */
  rehearsal: z
    .strictObject({
      verdict: z.enum(verdicts).nullable(),
      seconds: z.number(),
      /** Of the copy; null without one. */
      rows: z.int().nullable(),
      bytes: z.int().nullable(),
      /** Where the live schema is not what its migrations make. */
      drift: z.array(z.string()),
    })
    .nullable(),
  /** What became of the data and of the version that is live, after a release that is about the schema; else null. */
  schema: schemaAftermathSchema.nullable(),
  lockFree: z.boolean(),
  /** Whether the ledger's entry says how the release ended, says what the execution said, and is true of what serves. */
  ledgerFinal: z.boolean(),
  orphanTasks: z.int(),
  notifications: z.int(),
  backstageVersion: z.string(),
  postgresVersion: z.string(),
  /** How long the watch may take to decide: three looks. */
  allowedSeconds: z.number(),
  /** In process time. */
  tookSeconds: z.number(),
});
export type Report = z.infer<typeof reportSchema>;
