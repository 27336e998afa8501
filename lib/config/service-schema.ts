import { z } from 'zod';
import { mostProbes, probesOfGreen } from '../../lambda/domain/probe-budget.ts';
import { journeySchema, schemaToolSchema } from '../../lambda/domain/service.ts';
import { sloSchema } from '../../lambda/domain/slo.ts';
import { detectionSeconds, durationSeconds, retentionSeconds } from './timing.ts';

const seconds = z.int().positive();
const percent = z.int().min(1).max(99);

/**
 * CodeDeploy waits 2,880 minutes at most before it ends the old tasks
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html), and the workflow gets 15 of them.
 */
const longestBakeSeconds = (2880 - 15) * 60;

/** A timed canary: `canaryPercent` of the traffic for `canaryMinutes`, then all of it, watched for `bakeSeconds`. */
const policySchema = z.strictObject({
  canaryPercent: percent,
  canaryMinutes: z.int().positive(),
  bakeSeconds: z.int().nonnegative().max(longestBakeSeconds),
  /** Judged requests, probes and users' together, without which the canary was no test and the release is stopped. */
  minimumJudged: z.int().nonnegative(),
  /** Whether every release waits for a person's approval before users reach it; a request may ask for it too. */
  approval: z.boolean(),
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

interface Probed {
  readonly observation: { readonly intervalSeconds: number; readonly roundsPerLook: number };
  readonly probe: { readonly journeys: readonly unknown[] };
  readonly scaling: { readonly minimum: number };
}

/** What a canary without users is sure to send to green; its last look comes when it is over. */
function probesInCanary({ observation, probe, scaling }: Probed, minutes: number): number {
  const looks = Math.max(1, Math.floor((minutes * 60) / observation.intervalSeconds) - 1);
  return looks * observation.roundsPerLook * probe.journeys.length * scaling.minimum;
}

export const serviceConfigSchema = z
  .strictObject({
    frozen: frozenSchema,
    /** The shape of a task: takes effect at the next release. */
    task: z.strictObject({
      /** In CPU units: 1024 is one vCPU. */
      cpu: z.literal([256, 512, 1024, 2048, 4096]),
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
      /** Whether the task gets CACHE and where the environment's cache is, as a user that sees its own keys alone. */
      cache: z.boolean(),
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
    schemaTool: schemaToolSchema.nullable(),
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
      intervalSeconds: z.int().min(10).max(60),
      roundsBeforeTraffic: z.int().positive(),
      roundsPerLook: z.int().positive(),
      /** Whether CPU and memory of the new tasks count: the cluster then gets enhanced Container Insights, which are paid by metric. */
      utilization: z.boolean(),
    }),
    deadlines: z.strictObject({
      taskSeconds: seconds,
      migrationSeconds: seconds,
      /** For a snapshot of the database to become available. */
      snapshotSeconds: seconds.default(3600),
      readySeconds: seconds,
      approvalSeconds: seconds.max(16 * 3600),
      shiftSeconds: seconds,
      retreatSeconds: seconds,
    }),
    /** Of one colour, per minute; an alarm goes off when `breaching` of the last `evaluated` minutes were bad. */
    alarms: z.strictObject({
      /** Share of the answers that may be 5xx, in a minute with at least `minimumRequests`. */
      errorPercent: percent,
      minimumRequests: z.int().positive(),
      connectionErrors: z.int().positive(),
      p99Ms: z.int().positive(),
      breaching: z.int().positive(),
      evaluated: z.int().positive(),
    }),
    logRetentionDays: z.literal([7, 30, 90, 365]),
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
    const bakeSeconds = Math.max(...Object.values(policies).map((policy) => policy.bakeSeconds));
    const { observation, probe } = service;
    const probes = probesOfGreen({
      ...observation,
      ...deadlines,
      bakeSeconds,
      journeys: probe.journeys.length,
      tasks: scaling.maximum,
    });
    if (probes >= mostProbes) {
      refuse(
        ['observation'],
        `lets a release send ${probes} probes to the new version, and the judge keeps its word below ${mostProbes}; give a longer intervalSeconds, fewer roundsPerLook, or shorter deadlines`,
      );
    }
    // CodeDeploy documents no limit of this wait; its other one ends at 2,880 minutes.
    const waitSeconds = deadlines.readySeconds + deadlines.approvalSeconds;
    if (waitSeconds > longestBakeSeconds) {
      refuse(
        ['deadlines', 'approvalSeconds'],
        `lets green wait for ${waitSeconds} seconds with readySeconds; give fewer, for both together ${longestBakeSeconds}`,
      );
    }
    const [detection, retention] = [detectionSeconds(service), retentionSeconds(policies)];
    if (detection >= retention) {
      refuse(
        ['alarms', 'evaluated'],
        `with breaching and frozen.graceSeconds lets an alarm take ${detection} seconds to go off, when CodeDeploy keeps blue for ${retention}; ` +
          'give fewer, or a longer bakeSeconds to one of the policies',
      );
    }
    refuseShutdown(service, refuse);
    if (alarms.breaching > alarms.evaluated) {
      refuse(['alarms', 'breaching'], `is more than the ${alarms.evaluated} minutes that are evaluated`);
    }
    for (const name of ['feature', 'hotfix'] as const) {
      const policy = policies[name];
      const canaryProbes = probesInCanary(service, policy.canaryMinutes);
      if (policy.minimumJudged > canaryProbes) {
        refuse(
          ['policies', name, 'minimumJudged'],
          `is more than the ${canaryProbes} probes that its canary is sure to send; give at most that, or a longer canary`,
        );
      }
      if (deadlines.shiftSeconds <= policy.canaryMinutes * 60) {
        refuse(
          ['deadlines', 'shiftSeconds'],
          `has to exceed the canary of policy ${name}, which alone takes ${policy.canaryMinutes * 60} seconds`,
        );
      }
    }
  });
interface ShuttingDown {
  readonly frozen: { readonly deregistrationDelaySeconds: number };
  readonly task: { readonly stopTimeoutSeconds: number; readonly environment: Readonly<Record<string, string>> };
}

/**
 * A task has to serve until the load balancer has let go of it, and to have ended before it is killed. How long it
 * serves after SIGTERM is SHUTDOWN_DELAY, for a service that knows this variable.
 */
function refuseShutdown({ frozen, task }: ShuttingDown, refuse: (path: string[], message: string) => void): void {
  const { deregistrationDelaySeconds: deregistration } = frozen;
  const { stopTimeoutSeconds: stop } = task;
  const text = task.environment['SHUTDOWN_DELAY'];
  if (text === undefined) {
    if (stop <= deregistration) {
      refuse(
        ['task', 'stopTimeoutSeconds'],
        `kills a task while the load balancer may send it requests, for deregistrationDelaySeconds: ${deregistration}; give more than that`,
      );
    }
    return;
  }
  const delay = durationSeconds(text);
  if (delay === null) {
    refuse(['task', 'environment', 'SHUTDOWN_DELAY'], 'is no duration; give seconds, such as 15s');
  } else if (delay < deregistration) {
    refuse(
      ['task', 'environment', 'SHUTDOWN_DELAY'],
      `ends before deregistrationDelaySeconds: ${deregistration}, while the load balancer may send requests; give at least ${deregistration}s`,
    );
  } else if (delay >= stop) {
    refuse(
      ['task', 'environment', 'SHUTDOWN_DELAY'],
      `is not below stopTimeoutSeconds: ${stop}, after which the task is killed; give less, or a longer time-out`,
    );
  }
}

export type ServiceConfig = z.infer<typeof serviceConfigSchema>;
