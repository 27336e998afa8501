import { z } from 'zod';
import { errorBudgetSchema } from './error-budget.ts';
import { noObservation, observationSchema } from './observation.ts';
import { rehearsalSchema } from './rehearsal/record.ts';
import { documentRequestSchema } from './request.ts';
import { rollbackSchema } from './rollback.ts';
import { serviceDescriptionSchema, serviceShapeSchema } from './service.ts';

/** ISO 8601, from the state machine's clock. */
const instant = z.string();

/** The version that serves when the release opens. */
const blueSchema = z.strictObject({
  taskDefinition: z.string(),
  targetGroup: z.string(),
  /** Digest in the service's repository; null for the bootstrap image and others that no release put there. */
  digest: z.string().nullable(),
  bootstrap: z.boolean(),
  /** Sequence number, when the ledger knows which release put it there. */
  sequence: z.int().nullable(),
  version: z.string().nullable(),
  /** Whether the service was deployed with another shape since; told only when the release asks for what serves. */
  shapePending: z.boolean().default(false),
});

/** One revision started off-traffic, probed at its private address, and stopped again. */
const checkSchema = z.strictObject({
  task: z.string(),
  startedAt: instant,
  probes: z.int(),
  verdict: z.enum(['works', 'broken']).nullable(),
  reason: z.string(),
});
export type Check = z.infer<typeof checkSchema>;

/** One run of the image's schema tool. */
const toolRunSchema = z.strictObject({
  task: z.string(),
  startedAt: instant,
  /** When the task was first seen to have stopped: its log may arrive later. */
  stoppedAt: instant.nullable(),
  done: z.boolean(),
});
export type ToolRun = z.infer<typeof toolRunSchema>;

/** The database as it was before this release migrated it. */
const snapshotSchema = z.strictObject({
  /** DBSnapshotIdentifier; null for a service that names no database. */
  id: z.string().nullable(),
  startedAt: instant,
  available: z.boolean(),
  reason: z.string(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** What it takes for the old version to start on the present schema. */
const mendSchema = z.strictObject({
  startedAt: instant,
  unlock: toolRunSchema.nullable(),
  down: toolRunSchema.nullable(),
  /** `proven`: the rehearsal has shown that blue starts on it; `unwound`: green's migrations were taken back. */
  result: z.enum(['untouched', 'proven', 'unwound', 'impossible']).nullable(),
  reason: z.string(),
});
export type Mend = z.infer<typeof mendSchema>;

const deploymentSchema = z.strictObject({
  id: z.string(),
  createdAt: instant,
  config: z.string(),
  /** Alarms that speak against this deployment. */
  alarms: z.array(z.string()),
  /** Alarms that fired before it, and do not speak against it for that. */
  muted: z.array(z.string()),
  greenTargetGroup: z.string(),
  /** When green was first judged good; a release that needs no approval goes on at once. */
  judgedAt: instant.nullable(),
  /** When users were let in. */
  continuedAt: instant.nullable(),
  /** When green was first seen to serve everybody. */
  bakingSince: instant.nullable(),
});
export type Deployment = z.infer<typeof deploymentSchema>;

const decisionSchema = z.strictObject({
  at: instant,
  verdict: z.enum(['pass', 'fail']),
  reasons: z.array(z.string()),
});

const suspensionSchema = z.strictObject({
  DynamicScalingInSuspended: z.boolean(),
  DynamicScalingOutSuspended: z.boolean(),
  ScheduledScalingSuspended: z.boolean(),
});

/**
 * `planned` and `rehearsed` are ends that the request asked for; `unchanged` is a rollback, or a release,
 * that had nothing to do.
 */
export const outcomes = [
  'released',
  'rolled-back',
  'refused',
  'needs-restore',
  'failed',
  'planned',
  'rehearsed',
  'unchanged',
] as const;
export type Outcome = (typeof outcomes)[number];

/** What a person, or a rollback, has told a running release. */
const wordSchema = z.strictObject({ by: z.string(), reason: z.string(), at: instant });
export type Word = z.infer<typeof wordSchema>;

/** When a state was entered, first and last, and how often: the time in it ends with the next state's. */
const timingSchema = z.strictObject({ first: instant, last: instant, visits: z.int().positive() });

/**
 * The document that goes through every state of the workflow and that the ledger stores. Each part is
 * null until the state that owns it has run.
 */
export const releaseSchema = z.strictObject({
  /** Name of the execution. */
  id: z.string(),
  execution: z.string(),
  /** Which state machine opened it. */
  kind: z.enum(['release', 'rollback']),
  openedAt: instant,
  /** The last state that ran, and when it was entered. */
  state: z.strictObject({ name: z.string(), at: instant }),
  /** By state. */
  timings: z.record(z.string(), timingSchema),
  /** What the rollback state machine was asked for; null in the other machine. */
  rollback: rollbackSchema.nullable(),
  /** Null when the input was no request; `refusal` then says why. */
  request: documentRequestSchema.nullable(),
  service: z.string(),
  refusal: z.string().nullable(),
  /** What the policy had to say when the release was let in, in words. */
  admission: z.array(z.string()),
  /** As it was when the release opened; null for one that was not asked. */
  errorBudget: errorBudgetSchema.nullable(),
  /** Set once the release has noticed that it is to end. */
  cancelled: wordSchema.nullable(),
  approved: wordSchema.nullable(),
  description: serviceDescriptionSchema.nullable(),
  shape: serviceShapeSchema.nullable(),
  /** Fencing token of the lock that Open took. */
  token: z.int().nullable(),
  /** Ids of the releases that had ended without giving the lock back, newest first. */
  abandoned: z.array(z.string()),
  image: z.strictObject({ digest: z.string(), uri: z.string() }).nullable(),
  blue: blueSchema.nullable(),
  /** Task definition of the new version. */
  revision: z.string().nullable(),
  schema: z.strictObject({
    plan: toolRunSchema.nullable(),
    /** Frees a lock that Plan found, before it asks again. */
    unlock: toolRunSchema.nullable(),
    /** Where the database was locked when Plan first looked, by plugin. */
    locked: z.array(z.string()),
    /** Whether green brings migrations that the database does not have yet. */
    changes: z.boolean(),
    pending: z.array(z.strictObject({ plugin: z.string(), migrations: z.array(z.string()) })),
    /** What the database had applied before the release, of the plugins that change: taking back ends there. */
    applied: z.array(z.strictObject({ plugin: z.string(), table: z.string(), migrations: z.array(z.string()) })),
    /** The old image's manifest of the plugins that change, as `down` takes it: gzip in base64. */
    blueManifest: z.string().nullable(),
    migrate: toolRunSchema.nullable(),
  }),
  rehearsal: rehearsalSchema.nullable(),
  snapshot: snapshotSchema.nullable(),
  /** What of the service's autoscaling was suspended before the release; null for a service that does not scale. */
  scaling: suspensionSchema.nullable(),
  deployment: deploymentSchema.nullable(),
  observation: observationSchema,
  decision: decisionSchema.nullable(),
  promotion: z
    .strictObject({ startedAt: instant, continued: z.boolean(), done: z.boolean(), reason: z.string() })
    .nullable(),
  retreat: z
    .strictObject({
      startedAt: instant,
      result: z.enum(['restored', 'nothing-moved', 'too-late', 'unproven']).nullable(),
      reason: z.string(),
      /** The deployment by which CodeDeploy takes the release's back. */
      rollbackId: z.string().optional(),
    })
    .nullable(),
  mend: mendSchema.nullable(),
  verification: checkSchema.nullable(),
  /** What Catch recorded, by the state that failed. */
  failures: z.record(z.string(), z.looseObject({ Error: z.string(), Cause: z.string().default('') })),
  wait: z.strictObject({ seconds: z.int().positive(), resume: z.string() }).nullable(),
  outcome: z.enum(outcomes).nullable(),
  /** Why the release ended as it did, in words. */
  reason: z.string(),
  closedAt: instant.nullable(),
});
export type Release = z.infer<typeof releaseSchema>;

/** A release that Open let in: it holds the lock and knows what serves. */
export const openedReleaseSchema = releaseSchema.extend({
  request: documentRequestSchema,
  description: serviceDescriptionSchema,
  shape: serviceShapeSchema,
  token: z.int(),
  image: z.strictObject({ digest: z.string(), uri: z.string() }),
  blue: blueSchema,
});
export type OpenedRelease = z.infer<typeof openedReleaseSchema>;

/** An opened release whose task definition is registered. */
export const registeredReleaseSchema = openedReleaseSchema.extend({ revision: z.string() });
export type RegisteredRelease = z.infer<typeof registeredReleaseSchema>;

/** A registered release with a CodeDeploy deployment. */
export const shiftedReleaseSchema = registeredReleaseSchema.extend({ deployment: deploymentSchema });
export type ShiftedRelease = z.infer<typeof shiftedReleaseSchema>;

/** The document as the first state makes it from whatever input the execution got. */
export function newRelease(execution: { readonly id: string; readonly name: string }, at: string): Release {
  return {
    id: execution.name,
    execution: execution.id,
    openedAt: at,
    state: { name: 'Open', at },
    kind: 'release',
    timings: {},
    rollback: null,
    request: null,
    service: '(none)',
    refusal: null,
    admission: [],
    errorBudget: null,
    cancelled: null,
    approved: null,
    description: null,
    shape: null,
    token: null,
    abandoned: [],
    image: null,
    blue: null,
    revision: null,
    schema: {
      plan: null,
      unlock: null,
      locked: [],
      changes: false,
      pending: [],
      applied: [],
      blueManifest: null,
      migrate: null,
    },
    rehearsal: null,
    snapshot: null,
    scaling: null,
    deployment: null,
    observation: noObservation,
    decision: null,
    promotion: null,
    retreat: null,
    mend: null,
    verification: null,
    failures: {},
    wait: null,
    outcome: null,
    reason: '',
    closedAt: null,
  };
}
