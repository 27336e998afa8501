import { describe, expect, test } from '@jest/globals';
import { newRelease, type Release } from '../../lambda/domain/release.ts';
import type { Facts } from './facts.ts';
import { violations } from './invariants/check.ts';

const digest = 'sha256:green';
const released: Release = {
  ...newRelease({ id: 'arn:release-3', name: 'release-3' }, '2026-01-05T09:00:00Z'),
  image: { digest, uri: `repository@${digest}` },
  outcome: 'released',
  closedAt: '2026-01-05T09:10:00Z',
};

const live = {
  release: 'release-3',
  version: '1.3.0',
  sequence: 3,
  digest,
  taskDefinition: 'revision',
  since: '2026-01-05T09:10:00Z',
};

/** What is left of a release during which nothing went wrong. */
const well: Facts = {
  quiet: true,
  serving: {
    groups: [{ targetGroup: 'b', weight: 100, healthy: 1 }],
    targetGroup: 'b',
    taskDefinition: 'revision',
    digest,
    desired: 1,
    good: true,
  },
  before: { digest: 'sha256:blue' },
  unserved: [],
  users: { total: 9, failed: 0, onGreen: 5, failedOnBlue: 0, failedOnGreen: 0, firstBadAt: null, lastBadAt: null },
  badFromTheStart: false,
  lock: { holder: null, running: false },
  executions: [{ name: 'release-3', status: 'SUCCEEDED', output: released, stoppedAt: null, historyEvents: 300 }],
  entries: [released],
  live,
  liveImage: { present: true, tags: ['v3', 'known-good-3'] },
  liveRevision: 'ACTIVE',
  strayTasks: [],
  taskSets: ['PRIMARY'],
  deployments: [],
  unfinished: [],
  suspended: [{ DynamicScalingInSuspended: false }],
  notifications: 1,
  schema: { copies: [], half: [], lock: 'free', restarts: true, snapshots: [] },
  invocations: [],
};

const broken: Readonly<Record<string, Partial<Facts>>> = {
  'everything ends': { quiet: false },
  'a healthy version serves 100 %': {
    serving: { ...well.serving, groups: [{ targetGroup: 'b', weight: 100, healthy: 0 }] },
  },
  'traffic never goes where nobody is healthy': { unserved: ['09:01: a has weight 20 and no healthy target'] },
  'the old version never fails': { users: { ...well.users, failed: 1, failedOnBlue: 1 } },
  'nobody meets a version that fails before traffic': { badFromTheStart: true },
  'one release at a time': {
    entries: [
      { ...released, token: 2 },
      { ...released, token: 3, openedAt: '2026-01-05T09:05:00Z', closedAt: '2026-01-05T09:20:00Z' },
    ],
  },
  'the lock is free': { lock: { holder: 'arn:release-3', running: false } },
  'nothing is orphaned': { taskSets: ['PRIMARY', 'ACTIVE'] },
  'autoscaling is not left suspended': { suspended: [{ DynamicScalingInSuspended: true }] },
  'somebody is told': { notifications: 0 },
  'history stays below 10,000 events': {
    executions: [{ name: 'release-3', status: 'SUCCEEDED', output: released, stoppedAt: null, historyEvents: 10_000 }],
  },
  'the ledger is final': { entries: [released, { ...released, id: 'release-4', outcome: 'refused', closedAt: null }] },
  'the ledger is true': { entries: [{ ...released, outcome: 'rolled-back' }], executions: [] },
  'what is called live is what serves': {
    live: { ...live, release: 'release-2', digest: 'sha256:blue', taskDefinition: 'old', sequence: 2 },
  },
  'executions and entries agree': {
    executions: [
      {
        name: 'release-3',
        status: 'SUCCEEDED',
        output: { ...released, outcome: 'refused' },
        stoppedAt: null,
        historyEvents: 1,
      },
    ],
  },
  'outcomes fit what users got': {
    users: { ...well.users, failed: 3, failedOnGreen: 3 },
    entries: [{ ...released, outcome: 'refused' }],
    before: { digest },
  },
  'known-good is never retired': { liveRevision: 'INACTIVE' },
  'no scratch copy is left': { schema: { ...well.schema, copies: ['scratch_1_'] } },
  'the migration lock is free': { schema: { ...well.schema, lock: 'abandoned' } },
  'what serves can restart': { schema: { ...well.schema, restarts: false } },
  'a half-run migration is taken back': { schema: { ...well.schema, half: ['a.js'] } },
  'who touched the schema has a snapshot': {
    entries: [
      {
        ...released,
        schema: {
          ...released.schema,
          migrate: { task: 'arn', startedAt: '2026-01-05T09:02:00Z', stoppedAt: null, done: false },
        },
      },
    ],
  },
  'snapshots are of releases': { schema: { ...well.schema, snapshots: [{ id: 'of-nobody', status: 'available' }] } },
  'every waiting state watches the alarms': {
    invocations: [
      {
        state: 'Observe',
        operations: ['codedeploy:GetDeployment'],
        result: JSON.stringify({ wait: { seconds: 15, resume: 'Observe' } }),
      },
    ],
  },
};

describe('an invariant', () => {
  test('has nothing to say of a run in which all went well', () => {
    expect(violations(well)).toEqual([]);
  });

  test.each(Object.keys(broken))('tells when it does not hold: %s', (invariant) => {
    expect(violations({ ...well, ...broken[invariant] }).map((violation) => violation.invariant)).toContain(invariant);
  });
});
