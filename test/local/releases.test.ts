import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Release } from '../../lambda/domain/release.ts';
import { releaseSchema } from '../../lambda/domain/release.ts';
import type { Behaviour } from '../../local/simulation/behaviours.ts';
import type { UserCounts } from '../../local/simulation/simulated-users.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { isFinal } from '../../local/tour/measure.ts';
import { Outside } from '../../local/tour/outside.ts';
import { stageAssembly } from './stage-assembly.ts';

interface Played {
  readonly release: Release;
  readonly users: UserCounts;
  /** Digest of what serves, before and after. */
  readonly live: { readonly before: string | null; readonly after: string | null };
  readonly digest: string;
  readonly historyEvents: number;
  readonly notifications: number;
  readonly decidedAt: number | null;
}

let stage: VirtualStage;
let outside: Outside;
let played = 0;

const primary = () => {
  const set = stage.cloud.ecs.services()[0]?.primary;
  if (set === undefined) throw new Error('Nothing serves.');
  return set;
};
const liveDigest = (): string | null =>
  primary().input.revision.definition.containerDefinitions?.[0]?.image?.split('@')[1] ?? null;

async function play(
  behaviour: Behaviour,
  more: {
    migrations?: Record<string, string[]>;
    policy?: 'feature' | 'hotfix';
    sequence?: number;
    approval?: boolean;
  } = {},
): Promise<Played> {
  const { clock, cloud } = stage;
  played += 1;
  const blue = primary().input.targetGroup;
  const before = liveDigest();
  const told = cloud.topics.published().length;
  const digest = stage.push(`v${played}`, behaviour, more.migrations);
  const users = stage.users((targetGroup) => targetGroup !== blue, 5);
  const execution = stage.start(`release-${played}`, {
    image: `v${played}`,
    version: `1.${played}.0`,
    sequence: more.sequence ?? played,
    policy: more.policy ?? 'feature',
    approval: more.approval ?? false,
  });
  await stage.finish(execution);
  await clock.advance(60_000);
  users.stop();
  const release = releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
  return {
    release,
    users: users.counts,
    live: { before, after: liveDigest() },
    digest,
    historyEvents: execution.history.events.length,
    notifications: cloud.topics.published().length - told,
    decidedAt: release.decision === null ? null : Date.parse(release.decision.at),
  };
}

/** Events of a release on the bus, oldest first: what was told, and of which state. */
function eventsOf({ execution }: Release): string[] {
  const own = stage.cloud.events.events().filter(({ source, resources }) => {
    return source === 'understudy' && resources.includes(execution);
  });
  return own.map(({ detail, ...event }) => `${event['detail-type']}: ${Object(detail).state}`);
}

/** What has to hold whatever became of a release. */
async function expectOrder({ notifications, release }: Played): Promise<void> {
  const { cloud, runtime, description } = stage;
  const [service] = cloud.ecs.services();
  expect(service?.taskSets.map(({ status }) => status)).toEqual(['PRIMARY']);
  expect(runtime.tasks()).toHaveLength(service?.desiredCount ?? 0);
  const serving = primary().input.targetGroup;
  for (const listener of cloud.elb.listeners().filter(({ port }) => port === description.loadBalancer.productionPort)) {
    const forward = cloud.elb.rules(listener.arn).find(({ action }) => action.kind === 'forward')?.action;
    if (forward?.kind !== 'forward') throw new Error('The listener forwards nowhere.');
    expect(forward.groups.filter(({ weight }) => weight > 0).map(({ targetGroup }) => targetGroup)).toEqual([serving]);
  }
  expect(cloud.elb.targetGroup(serving).count('healthy')).toBe(service?.desiredCount);
  expect(notifications).toBeGreaterThan(0);
  expect(await outside.isLockFree()).toBe(true);
  const [entry, output] = [await outside.ledgerEntry(release.id), await outside.output(release.execution)];
  expect(entry).toEqual(output);
  expect(isFinal(entry, output, await outside.liveDigest())).toBe(true);
  const phases = eventsOf(release).filter((event) => event.startsWith('Release phase: '));
  const between = Object.keys(release.timings).filter((state) => state !== 'Open' && state !== 'Close');
  expect(phases.toSorted()).toEqual(between.map((state) => `Release phase: ${state}`).toSorted());
}

async function refusalOf(request: Partial<Parameters<VirtualStage['start']>[1]>): Promise<Release> {
  const before = liveDigest();
  played += 1;
  const execution = stage.start(`refused-${played}`, {
    image: 'v1',
    version: '9',
    sequence: 1000 + played,
    policy: 'feature',
    ...request,
  });
  await stage.finish(execution);
  expect(execution.status).toBe('SUCCEEDED');
  expect(liveDigest()).toBe(before);
  return releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
}

beforeAll(async () => {
  stage = await openVirtualStage(stageAssembly());
  outside = await Outside.of('local', 'backstage', {
    region: 'us-east-1',
    endpoint: stage.cloud.endpointUrl,
    credentials: { accessKeyId: 'engineer', secretAccessKey: 'engineer' },
  });
  // What the others start from: a version that a release put live.
  await play('good');
}, 60_000);

afterAll(async () => {
  await stage.close();
});

describe('a good release', () => {
  test('replaces the bootstrap image first of all', () => {
    expect(liveDigest()).not.toBeNull();
  });

  test('puts the new version live without a failed request', async () => {
    const result = await play('good');
    expect(result.release.outcome).toBe('released');
    expect(result.live.after).toBe(result.digest);
    expect(result.users.failed).toBe(0);
    expect(result.users.onGreen).toBeGreaterThan(0);
    await expectOrder(result);
  });

  test('runs the pending migrations once, in a task of its own', async () => {
    const migrations = { catalog: ['20260101_a.js', '20260102_b.js'] };
    const result = await play('good', { migrations });
    expect(result.release.outcome).toBe('released');
    expect(result.release.schema.pending).toEqual([{ plugin: 'catalog', migrations: migrations.catalog }]);
    expect(result.release.schema.migrate?.done).toBe(true);

    const next = await play('good', { migrations });
    expect(next.release.schema).toMatchObject({ changes: false, pending: [], migrate: null });
    await expectOrder(next);
  });

  test('that nobody approves tells people that it waits, and goes back at the deadline', async () => {
    const told = stage.cloud.topics.published().length;
    const result = await play('good', { approval: true });
    expect(result.release).toMatchObject({ outcome: 'rolled-back', deployment: { continuedAt: null } });
    const { approvalSeconds } = stage.description.deadlines;
    expect(result.release.decision?.reasons).toContain(`Nobody approved it within ${approvalSeconds} s.`);
    expect(result.users.onGreen).toBe(0);
    expect(JSON.stringify(stage.cloud.topics.published().slice(told))).toContain('Release awaits approval');
    await expectOrder(result);
  });

  test('as a hotfix takes less time than as a feature', async () => {
    const start = stage.clock.now();
    const feature = await play('good');
    const featureMs = stage.clock.now() - start;
    const hotfix = await play('good', { policy: 'hotfix' });
    expect([feature.release.outcome, hotfix.release.outcome]).toEqual(['released', 'released']);
    expect(stage.clock.now() - start - featureMs).toBeLessThan(featureMs);
    await expectOrder(hotfix);
  });

  test('tells on the bus each state that it enters, once and in order', async () => {
    expect(eventsOf((await play('good')).release)).toEqual([
      'Release started: Open',
      'Release phase: Register',
      'Release phase: Plan',
      'Release phase: Rehearse',
      'Release phase: Shift',
      'Release phase: Observe',
      'Release decided: Observe',
      'Release phase: Promote',
      'Release ended: Close',
    ]);
  });

  test('stays far below the history of a standard execution', async () => {
    expect((await play('good')).historyEvents).toBeLessThan(1000);
  });
});

describe('a bad release', () => {
  test.each(['crash', 'hang', 'zombie', 'errors', 'slow'] as const)(
    'that turns out as "%s" is taken back before any user reaches it',
    async (behaviour) => {
      const result = await play(behaviour);
      expect(result.release.outcome).toBe('rolled-back');
      expect(result.users).toMatchObject({ failed: 0, onGreen: 0 });
      expect(result.live.after).toBe(result.live.before);
      expect(result.release.verification?.verdict).toBe('works');
      await expectOrder(result);
    },
  );

  test('that turns bad under traffic hurts no longer than three observation intervals', async () => {
    const result = await play('late');
    expect(result.release.outcome).toBe('rolled-back');
    expect(result.live.after).toBe(result.live.before);
    const { failed, failedOnGreen, failedOnBlue, firstBadAt } = result.users;
    expect(failedOnBlue).toBe(0);
    expect(failed).toBe(failedOnGreen);
    if (firstBadAt === null || result.decidedAt === null) throw new Error('Nothing was bad, or nothing was decided.');
    const interval = stage.description.observation.intervalSeconds;
    expect((result.decidedAt - firstBadAt) / 1000).toBeLessThanOrEqual(3 * interval);
    await expectOrder(result);
  });

  test('leaves no alarm behind that holds up the one that mends it', async () => {
    await play('late');
    const { alarms, loadBalancer } = stage.description;
    const idle = Object.values(loadBalancer.targetGroups).find((each) => each !== primary().input.targetGroup);
    const left = stage.cloud.cloudwatch
      .alarms()
      .find(
        ({ name, definition }) =>
          alarms.includes(name) && definition.Dimensions?.some(({ Value }) => Value && idle?.endsWith(`:${Value}`)),
      );
    const goOff = () => stage.cloud.cloudwatch.setAlarmState(left?.name ?? '', 'ALARM', 'as minutes after an error');
    goOff();
    const mended = await play('good');
    expect(mended.release.outcome).toBe('released');
    expect(mended.release.admission.join()).toContain(`${left?.name} is in ALARM over the target group that no users`);
  });
});

/** An instant as iCalendar writes it. */
const stamp = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');

describe('Open refuses, and changes nothing:', () => {
  test('a feature in a freeze that somebody has put into the calendar a moment ago', async () => {
    const name = stage.description.freezeCalendar ?? '';
    const before = stage.cloud.parameters.value(name) ?? '';
    const now = stage.clock.now();
    const event = [
      'BEGIN:VEVENT',
      'UID:1',
      'SUMMARY:Fair',
      `DTSTART:${stamp(now - 60_000)}`,
      `DTEND:${stamp(now + 3_600_000)}`,
    ];
    stage.cloud.parameters.put(
      name,
      before.replace('END:VCALENDAR', [...event, 'END:VEVENT', 'END:VCALENDAR'].join('\n')),
    );
    const { outcome, reason } = await refusalOf({});
    expect(outcome).toBe('refused');
    expect(reason).toMatch(/There is a freeze until .*: Fair\./);
    stage.cloud.parameters.put(name, before);
  });

  test('an image that is not in the registry', async () => {
    const { outcome, reason } = await refusalOf({ image: 'no-such-tag' });
    expect(outcome).toBe('refused');
    expect(reason).toContain('no-such-tag');
  });

  test('an older release than the one that is live', async () => {
    const { outcome, reason } = await refusalOf({ sequence: 1 });
    expect(outcome).toBe('refused');
    expect(reason).toMatch(/older|allowOlder/);
  });

  test('a request that makes no sense, naming what is wrong', async () => {
    const { outcome, reason } = await refusalOf({ sequence: -1 });
    expect(outcome).toBe('refused');
    expect(reason).toContain('sequence');
  });

  test('a release while another one runs, naming the holder of the lock', async () => {
    stage.push('busy', 'good');
    const running = stage.start('running', { image: 'busy', version: '2', sequence: 5000, policy: 'feature' });
    await stage.clock.advance(90_000);
    expect(running.status).toBe('RUNNING');
    const { outcome, reason } = await refusalOf({ sequence: 5001 });
    expect(outcome).toBe('refused');
    expect(reason).toContain('running');
    await stage.finish(running);
    expect(JSON.parse(running.output ?? 'null')).toMatchObject({ outcome: 'released' });
  });
});
