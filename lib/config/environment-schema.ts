import { z } from 'zod';
import { serviceNames } from '../../lambda/domain/names.ts';
import { accessSchema } from './access-schema.ts';
import { databaseDemand } from './connection-budget.ts';
import { domainSchema, refuseDomain } from './domain.ts';
import { connectionsOf, instanceMemory } from './instance-memory.ts';
import { networkSchema } from './network-schema.ts';
import { notificationsSchema } from './notifications-schema.ts';
import { serviceConfigSchema } from './service-schema.ts';

/**
 * The last part of the name of the service's repository, and of nearly all else that it has
 * (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html). Names of target groups have 32
 * characters at most, their environment's among them.
 */
const serviceName = z
  .string()
  .regex(
    /^(?=.{2,21}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'names the repository too; give 2 to 21 lower-case letters, digits and single hyphens, a letter first and no hyphen last',
  );

const environmentShape = z.strictObject({
  /** Part of every name; the file's own name. */
  name: z.enum(['local', 'dev', 'production']),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region; give one such as eu-central-1'),
  network: networkSchema,
  database: z.strictObject({
    /** Without the prefix `db.`: `t4g.small`. */
    instance: z
      .string()
      .regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'is no instance class without its db.; give one such as t4g.small'),
    storageGb: z.int().min(20).max(65_536),
    multiAz: z.boolean(),
    backupDays: z.int().min(0).max(35),
    /** PostgreSQL's `max_connections`, which a new value gets at the next restart. */
    maxConnections: z.int().positive(),
    /** Of how many releases the snapshots are kept that they took before they migrated; an account may have 100. */
    releaseSnapshots: z.int().min(1).max(50).default(10),
    /** Mode of CloudWatch Database Insights: standard keeps a week and is free; advanced is paid by vCPU. */
    insights: z.enum(['standard', 'advanced']),
    /** Whether the server refuses, and tasks are told not to try, connections without TLS. */
    tls: z.boolean(),
    /**
     * How tasks sign in: by their IAM role, with a token that is made for each connection; or with a password, which
     * the local stage has, because its PostgreSQL knows no IAM.
     */
    signIn: z.enum(['iam', 'password']),
  }),
  /** Valkey on ElastiCache, for the services with `task.cache`; null for none. */
  cache: z
    .strictObject({
      /** Without the prefix `cache.`: `t4g.small`. */
      node: z
        .string()
        .regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'is no node type without its cache.; give one such as t4g.small'),
      /** In other zones; one of them takes over when the first node fails. */
      replicas: z.int().min(0).max(2),
    })
    .nullable(),
  /** Null for services that are found by other means: then their hosts are written in full, and no record is made. */
  domain: domainSchema.nullable(),
  /** A certificate of your own; null for one made for the domain, or, without a domain, for plain HTTP. */
  certificateArn: z.string().startsWith('arn:aws:acm:').nullable(),
  /** AWS WAF in front of the load balancer; null for none. */
  firewall: z
    .strictObject({
      /** In five minutes, by source address: all who sit in one office behind one address share it. */
      requestsPerAddress: z.int().min(10).max(2_000_000_000),
    })
    .nullable(),
  notifications: notificationsSchema.default({ slack: null, pagerDuty: null }),
  /** Roles for pipelines and people; null for none. */
  access: accessSchema.nullable(),
  releases: z.strictObject({
    /** Path of an iCalendar file whose events are times in which no feature is released; null for none. */
    freezeCalendar: z.string().endsWith('.ics').nullable(),
  }),
  /** Whether the data (database, load balancer) is protected from deletion. */
  protectData: z.boolean(),
  services: z.record(serviceName, serviceConfigSchema),
});

export const environmentSchema = environmentShape.superRefine((environment, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (environment.name === 'production' && environment.certificateArn === null && environment.domain === null) {
    refuse(['certificateArn'], 'plain HTTP is for local and dev only; give a domain, or the ARN of an ACM certificate');
  }
  refuseDomain(environment, refuse);
  if (environment.name === 'production' && environment.firewall === null) {
    refuse(['firewall'], 'only local and dev may do without; give { requestsPerAddress: 10000 }');
  }
  if (environment.name !== 'local') {
    if (environment.network.nat === 'none') refuseSealed(environment, refuse);
    if (!environment.database.tls) {
      refuse(['database', 'tls'], 'only the database of the local stage has no TLS; give true');
    }
    if (environment.database.signIn === 'password') {
      refuse(
        ['database', 'signIn'],
        "is for the local stage: a task would go on with it after it was rotated; give 'iam'",
      );
    }
  }
  const memory = instanceMemory(environment.database.instance);
  if (memory === null) {
    refuse(['database', 'instance'], 'is no class t, m or r of a size with known memory; give one such as m7g.large');
  } else if (environment.database.maxConnections > connectionsOf(memory)) {
    refuse(
      ['database', 'maxConnections'],
      `is more than the ${connectionsOf(memory)} that the memory of ${environment.database.instance} is good for; ` +
        'give fewer, or a larger instance',
    );
  }
  refuseCache(environment, refuse);
  const demand = databaseDemand(environment.services);
  if (environment.database.maxConnections < demand.connections) {
    refuse(
      ['database', 'maxConnections'],
      `is less than the ${demand.connections} of a release at its height (${demand.connectionsBecause}); ` +
        'give more, or fewer tasks or smaller pools to the services',
    );
  }
  if (environment.database.storageGb < demand.gigabytes) {
    refuse(
      ['database', 'storageGb'],
      `is less than the ${demand.gigabytes} of a rehearsal, of which a tenth stays free (${demand.gigabytesBecause}); give more`,
    );
  }
  const priorities = new Map<number, string>();
  for (const [service, { frozen }] of Object.entries(environment.services)) {
    const other = priorities.get(frozen.rulePriority);
    if (other !== undefined) {
      refuse(['services', service, 'frozen', 'rulePriority'], `is that of service ${other} too; give another`);
    }
    priorities.set(frozen.rulePriority, service);
  }
});

/** A cache that nobody asks for, or that somebody asks for in vain. */
function refuseCache(
  { name, cache, services }: z.infer<typeof environmentShape>,
  refuse: (path: string[], message: string) => void,
): void {
  const asking = Object.entries(services).filter(([, { task }]) => task.cache);
  for (const [service] of cache === null ? asking : []) {
    refuse(
      ['services', service, 'task', 'cache'],
      "has no cache to use; give cache: { node: 't4g.small', replicas: 1 }",
    );
  }
  if (cache !== null && asking.length === 0)
    refuse(['cache'], 'is used by no service; give null, or task.cache to one');
  if (cache !== null && name === 'local')
    refuse(['cache'], 'is not on the local stage, which has no Valkey; give null');
}

/** What does not work in a VPC without a way out. */
function refuseSealed(
  { name, network, services }: z.infer<typeof environmentShape>,
  refuse: (path: string[], message: string) => void,
): void {
  if (!network.interfaceEndpoints) {
    refuse(['network', 'interfaceEndpoints'], 'without NAT it is how tasks get image, log and secrets; give true');
  }
  for (const [service, { task }] of Object.entries(services)) {
    if (task.internetPorts.length > 0) {
      refuse(
        ['services', service, 'task', 'internetPorts'],
        'network.nat is none; give one or per-az there, or [] here',
      );
    }
    // The only repository that the tasks' execution role may pull from.
    const { repository } = serviceNames(name, service);
    if (!task.bootstrapImage.includes(`.amazonaws.com/${repository}:`)) {
      refuse(
        ['services', service, 'task', 'bootstrapImage'],
        `cannot be pulled without NAT; push it to the repository ${repository}, and give its name there`,
      );
    }
  }
}

export type EnvironmentConfig = z.infer<typeof environmentSchema>;
/** As written in a file: what has a default may be left out. */
export type EnvironmentInput = z.input<typeof environmentSchema>;
export type EnvironmentName = EnvironmentConfig['name'];
