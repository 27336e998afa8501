import { z } from 'zod';
import { journeySchema } from '../../lambda/domain/service.ts';
import { sloSchema } from '../../lambda/domain/slo.ts';

const seconds = z.int().positive();
const percent = z.int().min(1).max(99);

/** A timed canary: `canaryPercent` of the traffic for `canaryMinutes`, then all of it, watched for `bakeSeconds`. */
const policySchema = z.strictObject({
  canaryPercent: percent,
  canaryMinutes: z.int().positive(),
  bakeSeconds: z.int().nonnegative(),
});

/**
 * What the first `cdk deploy` of a service fixes for good, because CloudFormation would have to resend
 * the ECS service, a target group or a listener rule to change it (docs/adr/0002-frozen-service-stack.md).
 */
const frozenSchema = z.strictObject({
  /** Host headers that reach the service; the first one is the service's own name. */
  hosts: z.array(z.string().min(1)).min(1).max(5),
  /** Of the listener rules; no two services share one. */
  rulePriority: z.int().min(1).max(50_000),
  /** The port that the container listens on. */
  port: z.int().min(1).max(65_535),
  health: z.strictObject({
    path: z.string().startsWith('/'),
    intervalSeconds: z.int().min(5).max(300),
    timeoutSeconds: z.int().min(2).max(120),
    healthyThreshold: z.int().min(2).max(10),
    unhealthyThreshold: z.int().min(2).max(10),
  }),
  /** How long ECS ignores failing health checks of a task that has just started. */
  graceSeconds: z.int().nonnegative(),
  deregistrationDelaySeconds: z.int().min(0).max(3600),
});

export const serviceConfigSchema = z
  .strictObject({
    frozen: frozenSchema,
    /** The shape of a task: takes effect at the next release. */
    task: z.strictObject({
      /** In CPU units: 1024 is one vCPU. */
      cpu: z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096)]),
      memoryMb: z.int().min(512).max(30_720),
      /** From SIGTERM to SIGKILL; Fargate allows at most 120. */
      stopTimeoutSeconds: z.int().min(2).max(120),
      environment: z.record(z.string().min(2), z.string()),
      /** Environment variables filled from Secrets Manager: one generated for this service, or the prober's token. */
      secrets: z.record(z.string().min(2), z.enum(['generated', 'prober-token'])),
      /** What the service takes of the database; null for a task that is not told where it is. */
      database: z
        .strictObject({
          /** Pools that one task opens. */
          pools: z.int().positive(),
          /** The most connections of each pool, as the service's own configuration has it. */
          poolSize: z.int().positive(),
          /** What its data will take; a rehearsal copies all of it. */
          dataGb: z.number().positive(),
        })
        .nullable(),
      /** TCP ports of the internet that tasks call: 443 for source hosts and sign-in; none for a service that calls nobody. */
      internetPorts: z.array(z.int().min(1).max(65_535)),
      /** An image with Node.js, which answers 200 on everything until the first release. */
      bootstrapImage: z.string().min(1),
    }),
    scaling: z.strictObject({
      minimum: z.int().positive(),
      maximum: z.int().positive(),
      /** Average CPU that scaling aims at. */
      cpuPercent: percent,
    }),
    /** Commands of the image's schema tool; null for a service without a schema of its own. */
    schemaTool: z.strictObject({ status: z.array(z.string()).min(1), up: z.array(z.string()).min(1) }).nullable(),
    probe: z.strictObject({ journeys: z.array(journeySchema).min(1), write: journeySchema.nullable() }),
    /** Paths, in full, whose requests may have bodies above the 8 KiB that the firewall reads, each with the reason. */
    largeBodies: z.array(z.strictObject({ path: z.string().startsWith('/'), reason: z.string().min(1) })).max(10),
    policies: z.strictObject({
      feature: policySchema,
      hotfix: policySchema,
      /** Moves everybody at once: what it goes back to has served before. */
      rollback: policySchema.pick({ bakeSeconds: true }),
    }),
    /** What the service promises its users. */
    slo: sloSchema,
    observation: z.strictObject({
      intervalSeconds: seconds,
      roundsBeforeTraffic: z.int().positive(),
      roundsPerLook: z.int().positive(),
    }),
    deadlines: z.strictObject({
      taskSeconds: seconds,
      migrationSeconds: seconds,
      readySeconds: seconds,
      shiftSeconds: seconds,
      retreatSeconds: seconds,
    }),
    /** Of one colour, per minute; an alarm goes off when `breaching` of the last `evaluated` minutes were bad. */
    alarms: z.strictObject({
      serverErrors: z.int().positive(),
      connectionErrors: z.int().positive(),
      p95Ms: z.int().positive(),
      breaching: z.int().positive(),
      evaluated: z.int().positive(),
    }),
    logRetentionDays: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365)]),
  })
  .superRefine((service, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { scaling, frozen, alarms, deadlines, policies } = service;
    if (scaling.maximum < scaling.minimum) {
      refuse(['scaling', 'maximum'], `is below the minimum of ${scaling.minimum}; give at least that`);
    }
    if (frozen.health.timeoutSeconds >= frozen.health.intervalSeconds) {
      refuse(
        ['frozen', 'health', 'timeoutSeconds'],
        `has to be below the interval of ${frozen.health.intervalSeconds} seconds`,
      );
    }
    if (alarms.breaching > alarms.evaluated) {
      refuse(['alarms', 'breaching'], `is more than the ${alarms.evaluated} minutes that are evaluated`);
    }
    for (const name of ['feature', 'hotfix'] as const) {
      const policy = policies[name];
      if (deadlines.shiftSeconds <= policy.canaryMinutes * 60) {
        refuse(
          ['deadlines', 'shiftSeconds'],
          `has to exceed the canary of policy ${name}, which alone takes ${policy.canaryMinutes * 60} seconds`,
        );
      }
    }
  });
export type ServiceConfig = z.infer<typeof serviceConfigSchema>;
