import { DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Release } from '../../lambda/domain/release.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import { WorkflowStage } from './workflow-stage.ts';

let workflow: WorkflowStage;
let first: Release;
let second: Release;

beforeAll(async () => {
  workflow = await WorkflowStage.open();
  first = await workflow.release('1.0');
  second = await workflow.release('2.0');
});

afterAll(() => workflow.close());

describe('a rollback after a release', () => {
  test('brings the last known-good version back, in its own revision, without a failed request', async () => {
    const third = await workflow.release('3.0');
    expect(third.outcome).toBe('released');
    const users = workflow.stage.users(() => false, 5);
    const back = await workflow.rollBack('back');
    users.stop();
    expect(back).toMatchObject({
      kind: 'rollback',
      outcome: 'released',
      request: { version: '2.0', policy: 'rollback', requestedBy: 'on call' },
      revision: second.revision,
      blue: { taskDefinition: third.revision },
    });
    expect(workflow.liveRevision()).toBe(second.revision);
    expect(users.counts.failed).toBe(0);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('that is started twice in a row changes nothing the second time, and says what can be named', async () => {
    const again = await workflow.rollBack('again');
    expect(again.outcome).toBe('unchanged');
    expect(again.reason).toMatch(
      /2\.0, which serves, was brought back by rollback back .* Known good.*1\.0 \(release release-1\.0\)/,
    );
    expect(workflow.liveRevision()).toBe(second.revision);
  });

  test('goes to the version that is named', async () => {
    const named = await workflow.rollBack('named', { to: '1.0' });
    expect(named).toMatchObject({ outcome: 'released', revision: first.revision });
    expect(await workflow.disorder()).toEqual([]);
  });

  test('refuses a version that was never released, and names those that were', async () => {
    const refused = await workflow.rollBack('unknown', { to: '9.9' });
    expect(refused).toMatchObject({ outcome: 'refused', token: null });
    expect(refused.reason).toContain('no release 9.9');
    expect(refused.reason).toContain('1.0 (release release-1.0)');
  });
});

describe('a rollback while a release runs', () => {
  let before: string;
  let played = 10;

  /** Starts a rollback at the moment when a release enters a state, and lets both end. */
  async function during(state: string, seconds = 0, more: object = {}): Promise<{ release: Release; back: Release[] }> {
    played += 1;
    before = workflow.liveRevision();
    const release = workflow.start(`${played}.0`);
    const backs: Execution[] = [];
    const start = (name: string) => backs.push(workflow.startRollback(`${name}-${played}`, more));
    await workflow.when(release, state, () => void (seconds === 0 && start('one')));
    if (seconds > 0) {
      await workflow.stage.clock.advance(seconds * 1000);
      start('one');
    }
    start('two');
    for (const each of [release, ...backs]) await workflow.stage.finish(each);
    await workflow.stage.clock.advance(60_000);
    return { release: workflow.output(release), back: backs.map((each) => workflow.output(each)) };
  }

  test.each(['Plan'])('has it refused in %s, twice at once, and changes nothing', async (state) => {
    const { release, back } = await during(state);
    expect(release).toMatchObject({ outcome: 'refused', cancelled: { by: 'on call' } });
    expect(back.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect(workflow.liveRevision()).toBe(before);
    expect(await workflow.disorder()).toEqual([]);
  });

  test.each([
    ['Shift', 0],
    ['Observe', 0],
    ['Observe', 150],
  ])('has it taken back in %s after %d s, twice at once', async (state, seconds) => {
    const { release, back } = await during(state, seconds);
    expect(release).toMatchObject({ outcome: 'rolled-back', cancelled: { by: 'on call' } });
    expect(release.reason).toContain('Cancelled by on call: Rollback');
    expect(back.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect(workflow.liveRevision()).toBe(before);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('lets it end that has given the old version up already, and then goes back, once', async () => {
    const { release, back } = await during('Promote', 4);
    expect(release).toMatchObject({ outcome: 'released' });
    expect(new Set(back.map(({ outcome }) => outcome))).toEqual(new Set(['released', 'unchanged']));
    expect(workflow.liveRevision()).toBe(before);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('goes to the version that is named once the release is taken back', async () => {
    const { release, back } = await during('Observe', 60, { to: '2.0' });
    expect(release.outcome).toBe('rolled-back');
    expect(new Set(back.map(({ outcome }) => outcome))).toEqual(new Set(['released', 'unchanged']));
    expect(workflow.liveRevision()).toBe(second.revision);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('waits for CodeDeploy, which is rolling a release back by itself', async () => {
    played += 1;
    const release = workflow.start(`${played}.0`, 'crash');
    await workflow.when(release, 'Retreat', () => undefined);
    const back = await workflow.rollBack(`rolling-${played}`);
    expect(workflow.output(release).outcome).toBe('rolled-back');
    expect(back).toMatchObject({ outcome: 'unchanged' });
    await workflow.stage.clock.advance(60_000);
    expect(await workflow.disorder()).toEqual([]);
  });
});

describe('a rollback is refused before anything is touched', () => {
  test('when the task definition of its target is gone, even if a release is running, which goes on', async () => {
    await workflow.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: first.revision ?? '' }));
    const release = workflow.start('30.0');
    await workflow.when(release, 'Observe', () => undefined);
    const refused = await workflow.rollBack('inactive', { to: '1.0' });
    expect(refused).toMatchObject({ outcome: 'refused', token: null });
    expect(refused.reason).toMatch(/1\.0 .* is INACTIVE\. Known good, newest first: /);
    await workflow.stage.finish(release);
    expect(workflow.output(release)).toMatchObject({ outcome: 'released', cancelled: null });
  });

  test('when the image of its target is gone from the registry', async () => {
    const { registry } = workflow.stage.cloud;
    registry.remove(workflow.stage.description.repository.name, second.image?.digest ?? '');
    const refused = await workflow.rollBack('no-image');
    expect(refused).toMatchObject({ outcome: 'refused', deployment: null });
    expect(refused.reason).toMatch(/2\.0 .* its image sha256:\w+ is gone from the repository/);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('when its request makes no sense, naming what is wrong', async () => {
    expect((await workflow.rollBack('senseless', { reason: '' })).reason).toContain('reason:');
  });

  test('when the environment has no such service', async () => {
    expect((await workflow.rollBack('nowhere', { service: 'nowhere' })).reason).toContain('has no service nowhere');
  });
});

describe('a rollback when the version that serves has turned bad', () => {
  test('rescues its users while every alarm fires', async () => {
    const { clock, cloud, description } = workflow.stage;
    const good = workflow.liveRevision();
    expect(await workflow.release('40.0', 'late')).toMatchObject({ outcome: 'released' });
    const users = workflow.stage.users(() => false, 5);
    await clock.advance(300_000);
    expect(users.counts.failed).toBeGreaterThan(0);
    for (const name of description.alarms) cloud.cloudwatch.setAlarmState(name, 'ALARM', 'a test');
    const back = await workflow.rollBack('rescue');
    expect(back).toMatchObject({ outcome: 'released', revision: good });
    const ofOther = description.alarms.filter((name) => !back.deployment?.alarms.includes(name));
    expect(back.deployment?.muted.toSorted((a, b) => a.localeCompare(b))).toEqual(
      ofOther.toSorted((a, b) => a.localeCompare(b)),
    );
    expect(ofOther.length).toBeGreaterThanOrEqual(description.alarms.length / 2);
    const { failed } = users.counts;
    await clock.advance(300_000);
    users.stop();
    expect(users.counts.failed).toBe(failed);
    expect(await workflow.disorder()).toEqual([]);
  });
});
