import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Release } from '../../../lambda/domain/release.ts';
import { handler as rehearse } from '../../../lambda/steps/rehearse.ts';
import { handler as verify } from '../../../lambda/steps/verify.ts';
import { leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
afterAll(() => world.close());

let waiting: Release;
beforeEach(async () => {
  await world.reset();
  waiting = await world.run(rehearse, await leadToRegistered(world), 10);
});

function become(lastStatus: string, change: object = {}): void {
  for (const task of world.state.tasks) Object.assign(task, { lastStatus, ...change });
}

/** The journeys that the prober was last asked to make. */
function probed(): string[] {
  const payload = world.inputs('Invoke').at(-1)?.['Payload'];
  const { journeys, targets } = JSON.parse(Buffer.from(Object(payload)).toString());
  expect(targets).toMatchObject([{ ip: '10.0.1.99', port: 7100, colour: 'blue' }]);
  return journeys.map((journey: { name: string }) => journey.name);
}

describe('the live revision, started off-traffic', () => {
  test('works when a new task of it answers all journeys, the write among them, and is stopped', async () => {
    expect(waiting.wait).toEqual({ seconds: 3, resume: 'Rehearse' });
    become('RUNNING');
    const rehearsed = await world.run(rehearse, waiting, 13);
    expect(rehearsed).toMatchObject({ wait: null, refusal: null, rehearsal: { verdict: 'neutral' } });
    expect(probed()).toEqual(['list', 'one', 'write']);
    expect(world.state.tasks).toMatchObject([{ taskDefinitionArn: 'blue:2', lastStatus: 'STOPPED' }]);
  });

  test('is given time to boot', async () => {
    become('RUNNING');
    world.state.answers = { blue: 'bad' };
    const again = await world.run(rehearse, waiting, 13);
    expect(again).toMatchObject({
      wait: { resume: 'Rehearse' },
      rehearsal: { tasks: [{ name: 'live', probes: 1, ok: null }] },
    });
    world.state.answers = {};
    expect(await world.run(rehearse, again, 16)).toMatchObject({ rehearsal: { tasks: [{ probes: 2, ok: true }] } });
  });

  test('refuses the release when it stops by itself', async () => {
    become('STOPPED', { exitCode: 1, stoppedReason: 'CannotPullContainerError' });
    const { refusal } = await world.run(rehearse, waiting, 13);
    expect(refusal).toContain('nothing was changed. The task stopped by itself: CannotPullContainerError');
  });

  test('refuses the release when it does not answer well by the deadline, and is stopped', async () => {
    become('RUNNING');
    world.state.answers = { blue: 'bad' };
    const { refusal } = await world.run(rehearse, waiting, 70);
    expect(refusal).toContain('status 500 instead of 200');
    expect(world.state.tasks[0]?.lastStatus).toBe('STOPPED');
  });

  test('refuses the release when it never runs', async () => {
    expect((await world.run(rehearse, waiting, 70)).refusal).toContain('not running within 60 s');
  });

  test('is not judged while the prober itself fails, until the deadline', async () => {
    become('RUNNING');
    world.state.answers = new Error('no memory');
    const again = await world.run(rehearse, waiting, 13);
    expect(again).toMatchObject({ wait: { resume: 'Rehearse' }, refusal: null });
    expect((await world.run(rehearse, again, 70)).refusal).toContain('The prober could not be reached');
  });

  test('is judged once, though the answer of the look that stopped it was lost', async () => {
    become('STOPPED', { exitCode: 143, stoppedReason: 'Checked: it works' });
    expect(await world.run(rehearse, waiting, 16)).toMatchObject({ refusal: null, rehearsal: { verdict: 'neutral' } });
    become('STOPPED', { exitCode: 143, stoppedReason: 'Checked: It did not answer well within 60 s: list.' });
    expect((await world.run(rehearse, waiting, 16)).refusal).toContain('It did not answer well within 60 s: list.');
  });

  test('is asked for its health alone when it is the bootstrap image', async () => {
    become('RUNNING');
    const blue = waiting.blue && { ...waiting.blue, bootstrap: true };
    expect(await world.run(rehearse, { ...waiting, blue }, 13)).toMatchObject({ rehearsal: { verdict: 'neutral' } });
    expect(probed()).toEqual(['health']);
  });
});

test('Verify starts a task of its own, and refuses nothing: that is for Close to tell', async () => {
  const verifying = await world.run(verify, { ...waiting, wait: null }, 100);
  expect(world.state.tasks).toHaveLength(2);
  become('STOPPED', { exitCode: 1, stoppedReason: 'migration directory is corrupt' });
  expect(await world.run(verify, verifying, 103)).toMatchObject({
    wait: null,
    refusal: null,
    verification: { verdict: 'broken', reason: expect.stringContaining('corrupt') },
  });
});

test('a secret that a probe sends along is never logged', async () => {
  become('RUNNING');
  const probe = waiting.description && { ...waiting.description.probe, tokenSecret: 'prober-token' };
  await world.run(rehearse, { ...waiting, description: { ...waiting.description, probe } }, 13);
  expect(Buffer.from(Object(world.inputs('Invoke').at(-1)?.['Payload'])).toString()).toContain('s3cret');
  expect(world.logs.join()).not.toContain('s3cret');
  expect(JSON.stringify(await world.ledger())).not.toContain('s3cret');
});
