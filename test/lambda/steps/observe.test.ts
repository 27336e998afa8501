import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { putSignal } from '../../../lambda/aws/signals.ts';
import type { Release } from '../../../lambda/domain/release.ts';
import { handler as observe } from '../../../lambda/steps/observe.ts';
import { handler as shift } from '../../../lambda/steps/shift.ts';
import { marginMinutes } from '../../../lib/config/timing.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { at, groups } from '../domain/samples.ts';
import { leadToReady, leadToRegistered, setStatus } from './lead.ts';
import type { FakeTask } from './state.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

describe('Shift', () => {
  test('suspends scaling and creates one deployment, with the policy’s timing', async () => {
    const registered = await leadToRegistered(world);
    const shifted = await world.run(shift, registered, 10);
    expect(shifted.deployment).toMatchObject({ id: 'd-1', greenTargetGroup: groups.b, continuedAt: null });
    expect(world.inputs('RegisterScalableTarget')).toMatchObject([
      { ResourceId: 'service/understudy-local/trucks', SuspendedState: { DynamicScalingInSuspended: true } },
    ]);
    const [created] = world.inputs('CreateDeployment');
    expect(created).toMatchObject({
      deploymentConfigName: 'understudy-local-trucks-feature-10-2',
      description: 'Understudy release trucks-2',
    });
    expect(created).not.toHaveProperty('overrideAlarmConfiguration');
  });

  test('finds the deployment whose creation was never answered', async () => {
    const registered = await leadToRegistered(world);
    await world.run(shift, registered, 10);
    expect((await world.run(shift, registered, 10)).deployment?.id).toBe('d-1');
    expect(world.inputs('CreateDeployment')).toHaveLength(1);
  });

  test('lets alarms that fire already not stop the hotfix that is to silence them', async () => {
    world.state.alarms = { 'trucks-a-errors': 'ALARM' };
    const shifted = await world.run(shift, await leadToRegistered(world, { policy: 'hotfix' }), 10);
    expect(shifted.deployment).toMatchObject({ alarms: ['trucks-b-errors'], muted: ['trucks-a-errors'] });
    expect(world.inputs('CreateDeployment')).toMatchObject([
      { overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'trucks-b-errors' }] } },
    ]);
  });

  test('lets no alarm that the last green has left behind stop a feature', async () => {
    world.state.alarms = { 'trucks-b-errors': 'ALARM' };
    const registered = await leadToRegistered(world);
    expect(registered.admission.join()).toContain('trucks-b-errors is in ALARM over the target group that no users');
    const shifted = await world.run(shift, registered, 10);
    expect(shifted.deployment).toMatchObject({ alarms: ['trucks-a-errors'], muted: ['trucks-b-errors'] });
  });

  test('leaves the scaling of a service that does not scale alone: the call would create it', async () => {
    world.state.scaling = null;
    await world.run(shift, await leadToRegistered(world), 10);
    expect(world.inputs('RegisterScalableTarget')).toEqual([]);
  });
});

/** Looks as often as the steps say, until there is a decision or users reach green. */
async function look(release: Release, from: number, until: (release: Release) => boolean): Promise<[Release, number]> {
  let now = from;
  let seen = release;
  for (let count = 0; count < 100; count += 1) {
    seen = await world.run(observe, seen, now);
    if (until(seen)) return [seen, now];
    expect(seen.wait).toMatchObject({ resume: 'Observe' });
    now += seen.wait?.seconds ?? 0;
  }
  throw new Error('No end in a hundred looks.');
}
const decided = (release: Release): boolean => release.decision !== null;
const continued = (release: Release): boolean => release.deployment?.continuedAt !== null;

describe('before users can reach green', () => {
  test('green is let pass after three rounds, probed at its task and through the test listener', async () => {
    const [release, now] = await look(await leadToReady(world), 30, continued);
    expect(release.observation.before).toEqual({ rounds: 3, reasons: [] });
    expect(now).toBe(50);
    expect(world.inputs('ContinueDeployment')).toEqual([{ deploymentId: 'd-1', deploymentWaitType: 'READY_WAIT' }]);
    const { targets } = JSON.parse(Buffer.from(Object(world.inputs('Invoke').at(-1)?.['Payload'])).toString());
    expect(targets).toMatchObject([
      { colour: 'green', ip: '10.0.1.0', port: 7100 },
      { colour: 'test', ip: '10.0.0.10', port: 8080 },
    ]);
  });

  test('a green that answers with errors is never let pass', async () => {
    const release = await leadToReady(world);
    world.state.answers = { green: 'bad' };
    const [failed] = await look(release, 30, decided);
    expect(failed).toMatchObject({ wait: null, decision: { verdict: 'fail' } });
    expect(world.inputs('ContinueDeployment')).toEqual([]);
    expect(world.events().at(-1)).toBe('Release decided: Observe');
  });

  test('no data makes it wait, and fail at the deadline with that reason', async () => {
    const release = await leadToReady(world);
    world.state.answers = new Error('prober down');
    const [failed, now] = await look(release, 30, decided);
    expect(now).toBeGreaterThanOrEqual(310);
    expect(failed.decision?.reasons.join()).toMatch(/No verdict within the 300 s .* prober could not be reached/);
  });

  test('a prober that AWS does not let it ask is no data, too', async () => {
    const release = await leadToReady(world);
    world.state.broken = { Invoke: new ServiceError('AccessDeniedException', 'not allowed') };
    expect(await world.run(observe, release, 30)).toMatchObject({
      decision: null,
      wait: { resume: 'Observe' },
      observation: { recent: [{ verdict: 'inconclusive' }] },
    });
  });

  test('a green that never becomes healthy fails at the deadline', async () => {
    const release = await leadToReady(world);
    setStatus(world, 'InProgress');
    const [failed, now] = await look(release, 30, decided);
    expect([failed.decision?.reasons, now]).toEqual([['Green was not healthy within 300 s.'], 310]);
  });

  test('a green whose tasks keep ending fails at once', async () => {
    const release = await leadToReady(world);
    setStatus(world, 'InProgress');
    world.state.tasks = ['1', '2', '3'].map((id) => ({
      taskArn: `task/${id}`,
      taskDefinitionArn: release.revision ?? '',
      startedBy: 'ecs-svc/2',
      lastStatus: 'STOPPED',
      exitCode: 1,
      stoppedReason: 'Essential container in task exited',
    }));
    const [failed, now] = await look(release, 30, decided);
    expect([failed.decision?.verdict, now]).toEqual(['fail', 30]);
  });

  test.each(['InProgress', 'Ready'] as const)('an alarm fails it while the deployment is %s', async (status) => {
    const release = await leadToReady(world);
    setStatus(world, status);
    world.state.alarms = { 'trucks-b-errors': 'ALARM' };
    expect(await world.run(observe, release, 30)).toMatchObject({ decision: { verdict: 'fail' } });
  });

  test('it is not let pass twice, nor once the lock is lost', async () => {
    const [release] = await look(await leadToReady(world), 30, continued);
    await world.run(observe, release, 70);
    expect(world.inputs('ContinueDeployment')).toHaveLength(1);
    await expect(
      world.run(observe, { ...release, deployment: { ...release.deployment, continuedAt: null }, token: 99 }, 70),
    ).rejects.toMatchObject({ name: 'LockLost' });
  });
});

const awaiting = (release: Release): boolean => release.deployment?.judgedAt !== null;

const left = async (): Promise<Release> => {
  world.state.alarms = { 'trucks-b-errors': 'ALARM' };
  return leadToReady(world);
};

describe('an alarm that the last green has left behind', () => {
  test('does not fail the next one, while it fires', async () => {
    const [release] = await look(await left(), 30, continued);
    expect(release.deployment?.muted).toEqual(['trucks-b-errors']);
  });

  test('counts again once it has fallen silent', async () => {
    const release = await left();
    world.state.alarms = {};
    const seen = await world.run(observe, release, 30);
    expect(seen.deployment).toMatchObject({ alarms: ['trucks-a-errors', 'trucks-b-errors'], muted: [] });
    world.state.alarms = { 'trucks-b-errors': 'ALARM' };
    expect(await world.run(observe, seen, 40)).toMatchObject({ decision: { verdict: 'fail' } });
  });
});

const asked = async (): Promise<[Release, number]> => look(await leadToReady(world, { approval: true }), 30, awaiting);

describe('a release that a person has to approve', () => {
  test('waits once green is judged good, and says so once', async () => {
    const [release, now] = await asked();
    expect(release).toMatchObject({ decision: null, deployment: { continuedAt: null }, wait: { seconds: 15 } });
    await world.run(observe, release, now + 15);
    expect(world.inputs('ContinueDeployment')).toEqual([]);
    expect(world.events().slice(-2)).toEqual(['Release phase: Observe', 'Release awaits approval: Observe']);
  });

  test('goes on once it is approved, and who approved is recorded', async () => {
    const [release, now] = await asked();
    const word = { by: 'bob', reason: 'seen it', at: '2026-11-21T09:05:00.000Z' };
    await putSignal('understudy-local-ledger', release.id, 'APPROVAL', word);
    const approved = await world.run(observe, release, now + 15);
    expect(approved).toMatchObject({ approved: word, deployment: { continuedAt: at(now + 15) } });
    expect(world.inputs('ContinueDeployment')).toHaveLength(1);
  });

  test('does not go on, though approved, while green gives no data', async () => {
    const [release, now] = await asked();
    await putSignal('understudy-local-ledger', release.id, 'APPROVAL', { by: 'bob', reason: 'seen it', at: at(now) });
    world.state.answers = new Error('prober down');
    expect(await world.run(observe, release, now + 15)).toMatchObject({ deployment: { continuedAt: null } });
    expect(world.inputs('ContinueDeployment')).toEqual([]);
  });

  test.each([
    ['an alarm', () => void (world.state.alarms = { 'trucks-a-errors': 'ALARM' }), /Alarm in ALARM/],
    ['a green that falls ill', () => void (world.state.answers = { green: 'bad' }), /probe requests to green failed/],
  ])('is not waited for any longer after %s', async (_, happens, reason) => {
    const [release, now] = await asked();
    happens();
    const [failed] = await look(release, now + 15, decided);
    expect(failed.decision?.reasons.join()).toMatch(reason);
  });

  test('is given up when nobody has, at the deadline', async () => {
    const [release, now] = await asked();
    expect(await world.run(observe, release, now + 239)).toMatchObject({ decision: null });
    const failed = await world.run(observe, release, now + 240);
    expect(failed.decision).toMatchObject({
      verdict: 'fail',
      reasons: ['Nobody approved it within 240 s.', expect.anything()],
    });
  });
});

const task = (name: string, taskDefinition: string | null | undefined): FakeTask => ({
  taskArn: `task/${name}`,
  taskDefinitionArn: taskDefinition ?? '',
  startedBy: 'ecs-svc/2',
  lastStatus: 'RUNNING',
});

describe('while users reach green', () => {
  let release: Release;
  beforeEach(async () => {
    [release] = await look(await leadToReady(world), 30, continued);
    setStatus(world, 'InProgress');
    world.state.weights = [90, 10];
    world.state.tasks = [task('green', release.revision)];
    world.state.used = { green: 40 };
  });

  test('a task that ran out of memory fails it', async () => {
    world.state.tasks.push({
      taskArn: 'task/killed',
      taskDefinitionArn: release.revision ?? '',
      startedBy: 'ecs-svc/2',
      lastStatus: 'STOPPED',
      exitCode: 137,
      stoppedReason: 'OutOfMemoryError: Container killed due to memory usage',
    });
    const failed = await world.run(observe, release, 65);
    expect(failed.decision?.reasons.join()).toContain('A task of green ran out of memory: OutOfMemoryError');
  });

  test('memory that is nearly full fails it, told by its own tasks alone', async () => {
    const old = task('blue', release.blue?.taskDefinition);
    world.state.tasks = [old, task('green', release.revision)];
    world.state.used = { blue: 40, green: 97 };
    const failed = await world.run(observe, release, 65);
    expect(failed.decision?.reasons).toEqual(['While users reached it, a task of green uses 97 % of its memory.']);
    const [query] = world.inputs('GetMetricData').slice(-4);
    expect(JSON.stringify(query)).toContain('"Name":"TaskId","Value":"green"');
    world.state.used = { blue: 97, green: 97 };
    expect((await world.run(observe, release, 65)).decision).toBeNull();
  });

  test('no data on CPU and memory holds up the end of the bake, and fails it at the deadline with that reason', async () => {
    world.state.used = {};
    world.state.weights = [0, 100];
    const baking = await world.run(observe, release, 80);
    const late = await world.run(observe, baking, 200);
    expect(late).toMatchObject({ decision: null });
    const failed = await world.run(observe, late, 80 + 120 + 5 * 15);
    expect(failed.decision?.reasons.join()).toMatch(
      /No verdict within the 120 s of the bake: CloudWatch has told no CPU/,
    );
  });

  test('it passes when it has served everybody for the whole bake', async () => {
    const shifting = await world.run(observe, release, 65);
    expect(shifting).toMatchObject({ deployment: { bakingSince: null }, wait: { seconds: 15 } });
    world.state.weights = [0, 100];
    const [passed, now] = await look(shifting, 80, decided);
    expect(passed).toMatchObject({ decision: { verdict: 'pass' }, wait: null });
    expect(now).toBe(200);
  });

  test('it fails at the next look when its probes fail and blue’s do not', async () => {
    world.state.answers = { green: 'bad' };
    const [failed, now] = await look(release, 65, decided);
    expect(failed.decision?.verdict).toBe('fail');
    expect(now).toBeLessThanOrEqual(80);
  });

  test('it fails when it stays slower than blue, within the budgets as its answers may be', async () => {
    world.state.answers = { green: 'slow' };
    const [failed, now] = await look(release, 65, decided);
    expect(failed.decision).toMatchObject({ verdict: 'fail', reasons: [expect.stringContaining('slower than blue')] });
    expect(now).toBe(65 + 13 * 15);
  });

  test('once it alone has the users’ load, an idle blue is no measure of its latency', async () => {
    world.state.weights = [0, 100];
    world.state.answers = { green: 'slow' };
    const [baked] = await look(release, 65, decided);
    expect(baked.decision?.verdict).toBe('pass');
    expect(baked.observation.evidence.latency).toEqual({ looks: 0, level: 0 });
  });

  test('it fails when users get errors from it alone, though its probes are fine', async () => {
    world.state.errors = { [groups.b]: 20 };
    expect(await world.run(observe, release, 65)).toMatchObject({
      decision: { verdict: 'fail', reasons: ["Green answered 20 of 100 users' requests with an error."] },
    });
  });

  test('it goes back when there is no data until the deadline of the shift', async () => {
    world.state.answers = new Error('prober down');
    const [failed, now] = await look(release, 65, decided);
    expect(failed.decision).toMatchObject({
      verdict: 'fail',
      reasons: [expect.stringContaining('600 s for the shift')],
    });
    expect(now).toBeLessThan(700);
  });

  test('the bake ends in a pass of no data never, and in a fail soon after it', async () => {
    world.state.weights = [0, 100];
    world.state.answers = new Error('prober down');
    const [failed, now] = await look(release, 80, decided);
    expect(failed.decision).toMatchObject({ verdict: 'fail', reasons: [expect.stringContaining('120 s of the bake')] });
    expect(now).toBeLessThan(300);
  });

  test('a bake of hours that stays without data fails before CodeDeploy ends the old version', async () => {
    const bakeSeconds = 8 * 3600;
    world.state.weights = [0, 100];
    world.state.answers = new Error('prober down');
    const long = structuredClone(release);
    const { description, deployment } = long;
    if (description === null || deployment === null) throw new Error('It has been shifted.');
    description.policies.feature.bakeSeconds = bakeSeconds;
    deployment.bakingSince = at(80);
    const [failed, now] = await look(long, bakeSeconds - 500, decided);
    expect(failed.decision).toMatchObject({ verdict: 'fail' });
    expect(now - 80 - bakeSeconds).toBeLessThan(60 * (marginMinutes - 5));
  });

  test('a deployment that CodeDeploy completed without a verdict does not pass for one that was judged good', async () => {
    setStatus(world, 'Succeeded');
    expect(await world.run(observe, release, 65)).toMatchObject({ decision: { verdict: 'fail' } });
  });

  test.each(['Stopped', 'Failed'] as const)('a deployment that CodeDeploy ended as %s is a fail', async (status) => {
    setStatus(world, status);
    expect(await world.run(observe, release, 65)).toMatchObject({ decision: { verdict: 'fail' } });
  });

  test('the bootstrap image, which knows no journey, is not what green is compared with', async () => {
    world.state.answers = { green: 'bad', blue: 'bad' };
    const blue = release.blue && { ...release.blue, bootstrap: true };
    const [failed] = await look({ ...release, blue }, 65, decided);
    expect(failed.decision?.verdict).toBe('fail');
  });
});
