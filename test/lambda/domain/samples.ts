import type { Look } from '../../../lambda/domain/observation.ts';
import type { Colour, ProbeReport, ProbeSample } from '../../../lambda/domain/probe.ts';
import { newRelease, type Release } from '../../../lambda/domain/release.ts';
import { releaseRequestSchema } from '../../../lambda/domain/request.ts';
import type { ServiceDescription, ServiceShape } from '../../../lambda/domain/service.ts';

export const uri = '111111111111.dkr.ecr.us-east-1.amazonaws.com/understudy-local/trucks';
const elb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111';
export const groups = { a: `${elb}:targetgroup/trucks-a/1`, b: `${elb}:targetgroup/trucks-b/2` };
export const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const description: ServiceDescription = {
  service: 'trucks',
  environment: 'local',
  cluster: 'understudy-local',
  ecsService: 'trucks',
  codeDeploy: { application: 'understudy-local-trucks', deploymentGroup: 'understudy-local-trucks' },
  repository: { name: 'understudy-local/trucks', uri },
  loadBalancer: {
    arn: `${elb}:loadbalancer/app/understudy-local/50dc6c495c0c9188`,
    host: 'trucks.example',
    scheme: 'http',
    productionPort: 80,
    testPort: 8080,
    productionRule: `${elb}:listener-rule/app/understudy-local/50/80/1`,
    testRule: `${elb}:listener-rule/app/understudy-local/50/8080/1`,
    targetGroups: groups,
  },
  logGroup: '/understudy/local/trucks',
  alarms: ['trucks-a-errors', 'trucks-b-errors'],
  schemaTool: {
    status: ['schema', 'status'],
    up: ['schema', 'up'],
    manifest: ['schema', 'manifest'],
    down: ['schema', 'down', '--to', '{manifest}'],
    copy: ['schema', 'copy', '{scratch}'],
    drop: ['schema', 'drop', '{scratch}'],
    unlock: ['schema', 'unlock'],
    scratchEnvironment: { DATABASE_PREFIX: '{scratch}' },
  },
  database: { instance: 'understudy-local', snapshots: 3 },
  probe: {
    journeys: [
      { name: 'list', method: 'GET', path: '/trucks', status: 200, budgetMs: 500, authenticated: false },
      { name: 'one', method: 'GET', path: '/trucks/1', status: 200, budgetMs: 500, authenticated: true },
    ],
    write: { name: 'write', method: 'POST', path: '/probe', status: 200, budgetMs: 500, authenticated: true },
    tokenSecret: null,
    healthPath: '/health',
  },
  policies: {
    feature: {
      deploymentConfig: 'understudy-local-trucks-feature-10-2',
      bakeSeconds: 120,
      minimumJudged: 4,
      approval: false,
    },
    hotfix: {
      deploymentConfig: 'understudy-local-trucks-hotfix-20-1',
      bakeSeconds: 60,
      minimumJudged: 2,
      approval: false,
    },
    rollback: {
      deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
      bakeSeconds: 30,
      minimumJudged: 0,
      approval: false,
    },
  },
  freezeCalendar: '/understudy/local/freeze-calendar',
  slo: { availability: 0.99, windowDays: 28, latency: { thresholdMs: 500, target: 0.95 } },
  observation: { intervalSeconds: 15, roundsBeforeTraffic: 3, roundsPerLook: 1, utilization: true },
  deadlines: {
    taskSeconds: 60,
    migrationSeconds: 120,
    snapshotSeconds: 900,
    readySeconds: 300,
    approvalSeconds: 240,
    shiftSeconds: 600,
    retreatSeconds: 300,
  },
};

export const shape: ServiceShape = {
  taskDefinition: 'arn:aws:ecs:us-east-1:111111111111:task-definition/understudy-local-trucks:1',
  container: 'trucks',
  port: 7100,
  subnets: ['subnet-1'],
  securityGroups: ['sg-1'],
  platformVersion: '1.4.0',
  rehearsal: { securityGroups: ['sg-sealed'], taskRole: 'arn:aws:iam::111111111111:role/trucks-rehearsal' },
};

export const request = {
  service: 'trucks',
  image: 'v2',
  version: '2.0.0',
  sequence: 2,
  requestedBy: 'ada',
  reason: 'A new map',
};

export const execution = {
  id: 'arn:aws:states:us-east-1:111111111111:execution:understudy-local-release:trucks-2',
  name: 'trucks-2',
};

/** Seconds after the release opened, as an instant. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 9) + seconds * 1000).toISOString();

/** A release as Register leaves it. */
export function registered(change: Partial<Release> = {}): Release {
  return {
    ...newRelease(execution, at(0)),
    request: releaseRequestSchema.parse(request),
    service: 'trucks',
    description,
    shape,
    token: 1,
    image: { digest: digestOf('b'), uri: `${uri}@${digestOf('b')}` },
    blue: {
      taskDefinition: 'arn:aws:ecs:us-east-1:111111111111:task-definition/understudy-local-trucks:2',
      targetGroup: groups.a,
      digest: digestOf('a'),
      bootstrap: false,
      sequence: 1,
      version: '1.0.0',
      shapePending: false,
    },
    revision: 'arn:aws:ecs:us-east-1:111111111111:task-definition/understudy-local-trucks:3',
    ...change,
  };
}

/** A release as Shift leaves it. */
export function shifted(change: Partial<NonNullable<Release['deployment']>> = {}): Release {
  return registered({
    deployment: {
      id: 'd-1',
      createdAt: at(10),
      config: description.policies.feature.deploymentConfig,
      alarms: description.alarms,
      muted: [],
      greenTargetGroup: groups.b,
      judgedAt: null,
      continuedAt: null,
      bakingSince: null,
      ...change,
    },
  });
}

export function sample(colour: Colour, ok: number, failed: number): ProbeSample {
  const reason = failed > 0 ? 'status 500 instead of 200' : null;
  return { ip: '10.0.1.1', port: 7100, colour, journey: 'list', ok, failed, slowestMs: 12, reason };
}

export const report = (...samples: ProbeSample[]): ProbeReport => ({ rounds: 1, samples });

export function look(
  green: readonly [number, number],
  blue: readonly [number, number],
  phase: Look['phase'] = 'shifting',
): Look {
  return {
    at: at(60),
    phase,
    greenPercent: 10,
    green: { ok: green[0], failed: green[1] },
    blue: { ok: blue[0], failed: blue[1] },
    verdict: 'inconclusive',
    reasons: [],
  };
}
