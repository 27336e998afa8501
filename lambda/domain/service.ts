import { z } from 'zod';
import { sloSchema } from './slo.ts';

/** One request that stands for a user's, and what a good answer to it is. */
export const journeySchema = z.strictObject({
  name: z.string().min(1),
  method: z.enum(['GET', 'POST']).default('GET'),
  path: z.string().startsWith('/'),
  /** Sent as the request's JSON body. */
  json: z.unknown().optional(),
  /** The status of a good answer. */
  status: z.int().min(100).max(599).default(200),
  /** Text that the body of a good answer contains. */
  contains: z.string().optional(),
  /** A good answer is complete within this many milliseconds. */
  budgetMs: z.int().positive(),
  /** Whether the prober's token is sent along. */
  authenticated: z.boolean().default(false),
});
export type Journey = z.infer<typeof journeySchema>;

const policySchema = z.strictObject({
  /** Name of the CodeDeploy deployment configuration that times the traffic shift. */
  deploymentConfig: z.string(),
  /** How long green serves everybody, watched, before blue is given up. */
  bakeSeconds: z.int().nonnegative(),
  /** Fewer judged requests than this, probes and users' together, at the end of the canary stop the release. */
  minimumJudged: z.int().nonnegative(),
  /** Whether a person has to approve, once green is judged good, before users reach it. */
  approval: z.boolean(),
});

const commandSchema = z.array(z.string()).min(1);

/**
 * Commands of the image's schema tool. `{scratch}` in one stands for the prefix of a scratch copy's
 * databases, `{manifest}` for what `manifest` of another image printed. A service may leave out those
 * below `up`: what cannot be done without them is told.
 */
export const schemaToolSchema = z.strictObject({
  /** Prints `{"plugins":[{"plugin","sets":[{"pending":[…],"locked"}]}]}` as a line. */
  status: commandSchema,
  /** Applies what is pending. */
  up: commandSchema,
  /** Prints `{"plugins":[…]}`, the migrations that the image contains, as a line. */
  manifest: commandSchema.nullable().default(null),
  /** Takes back what `{manifest}` lacks; may print `{"ok":true,"lost":[{"plugin","table","rows"}]}`. */
  down: commandSchema.nullable().default(null),
  /** Copies the databases to new ones under the prefix `{scratch}`; may print `{"rows","bytes","plugins":[{"plugin","drift"}]}`. */
  copy: commandSchema.nullable().default(null),
  /** Drops all copies whose prefix begins with `{scratch}`. */
  drop: commandSchema.nullable().default(null),
  /** Frees the locks whose holders are provably gone, and ends badly when one is held. */
  unlock: commandSchema.nullable().default(null),
  /** Variables with which a task, the tool among them, takes the scratch copy for its databases. */
  scratchEnvironment: z.record(z.string(), z.string()).default({}),
});
export type SchemaTool = z.infer<typeof schemaToolSchema>;

/**
 * What the workflow has to know of one service. The service's stack writes it to SSM as JSON,
 * the steps read it at run time: a change takes effect at the next release.
 */
export const serviceDescriptionSchema = z.strictObject({
  service: z.string(),
  environment: z.string(),
  cluster: z.string(),
  ecsService: z.string(),
  codeDeploy: z.strictObject({ application: z.string(), deploymentGroup: z.string() }),
  repository: z.strictObject({ name: z.string(), uri: z.string() }),
  loadBalancer: z.strictObject({
    arn: z.string(),
    /** Host header (and TLS server name) that reaches the service. */
    host: z.string(),
    scheme: z.enum(['http', 'https']),
    productionPort: z.int(),
    testPort: z.int(),
    productionRule: z.string(),
    testRule: z.string(),
    targetGroups: z.strictObject({ a: z.string(), b: z.string() }),
  }),
  logGroup: z.string(),
  /** Alarms of the deployment group: any one in ALARM speaks against the release. */
  alarms: z.array(z.string()),
  /** Null for a service without a schema of its own. */
  schemaTool: schemaToolSchema.nullable(),
  /** The RDS instance with the service's data, of which a release takes a snapshot before it migrates; null without one. */
  database: z
    .strictObject({
      instance: z.string(),
      /** How many releases' snapshots are kept. */
      snapshots: z.int().positive(),
    })
    .nullable()
    .default(null),
  probe: z.strictObject({
    journeys: z.array(journeySchema).min(1),
    /** A probe that writes, sent to tasks off-traffic only; null where the image has none. */
    write: journeySchema.nullable(),
    /** Secrets Manager secret with the prober's bearer token. */
    tokenSecret: z.string().nullable(),
    /** Path that the bootstrap image and every ready task answer with 200. */
    healthPath: z.string().startsWith('/'),
  }),
  policies: z.strictObject({ feature: policySchema, hotfix: policySchema, rollback: policySchema }),
  slo: sloSchema,
  /** SSM parameter with the calendar of the times in which no feature is released; null where there is none. */
  freezeCalendar: z.string().nullable(),
  observation: z.strictObject({
    intervalSeconds: z.int().positive(),
    /** Rounds of all journeys that green answers before users may reach it. */
    roundsBeforeTraffic: z.int().positive(),
    roundsPerLook: z.int().positive(),
    /** Whether CPU and memory of green's tasks count: the cluster's Container Insights are enhanced. */
    utilization: z.boolean(),
  }),
  deadlines: z.strictObject({
    /** For a one-off task (rehearsal, migration, verification) to start, become ready and finish. */
    taskSeconds: z.int().positive(),
    migrationSeconds: z.int().positive(),
    /** For the database's snapshot to become available. */
    snapshotSeconds: z.int().positive().default(3600),
    /** For green to become healthy and be judged on the test listener. */
    readySeconds: z.int().positive(),
    /** For a person to approve, where the request or the policy asks for it. */
    approvalSeconds: z.int().positive(),
    /** For the traffic shift, bake excluded. */
    shiftSeconds: z.int().positive(),
    retreatSeconds: z.int().positive(),
  }),
});
export type ServiceDescription = z.infer<typeof serviceDescriptionSchema>;

/** How the service's tasks are run. Owned by `cdk deploy`; every release registers its own revision of it. */
export const serviceShapeSchema = z.strictObject({
  /** ARN of the task definition that carries the bootstrap image. */
  taskDefinition: z.string(),
  container: z.string(),
  port: z.int(),
  subnets: z.array(z.string()).min(1),
  securityGroups: z.array(z.string()).min(1),
  platformVersion: z.string(),
  /** How tasks on a scratch copy run, which must reach nothing but the database; null where there is no such network. */
  rehearsal: z
    .strictObject({ securityGroups: z.array(z.string()).min(1), taskRole: z.string() })
    .nullable()
    .default(null),
});
export type ServiceShape = z.infer<typeof serviceShapeSchema>;
