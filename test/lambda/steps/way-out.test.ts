import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Release } from '../../../lambda/domain/release.ts';
import { handler as close } from '../../../lambda/steps/close.ts';
import { handler as promote } from '../../../lambda/steps/promote.ts';
import { handler as retreat } from '../../../lambda/steps/retreat.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { at, digestOf, execution, groups, request } from '../domain/samples.ts';
import { leadToReady, leadToRegistered, setStatus } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

const good = { at: at(200), verdict: 'pass', reasons: ['Green served.'] };
const bad = { at: at(60), verdict: 'fail', reasons: ['Green fails.'] };

describe('Promote', () => {
  let release: Release;
  beforeEach(async () => {
    release = { ...(await leadToReady(world)), decision: { ...good, verdict: 'pass' } };
    setStatus(world, 'InProgress');
  });

  test('ends the termination wait once, and waits for the deployment', async () => {
    const waiting = await world.run(promote, release, 210);
    expect(waiting).toMatchObject({ wait: { resume: 'Promote' }, promotion: { continued: true, done: false } });
    const still = await world.run(promote, waiting, 213);
    expect(world.inputs('ContinueDeployment')).toEqual([
      { deploymentId: 'd-1', deploymentWaitType: 'TERMINATION_WAIT' },
    ]);
    setStatus(world, 'Succeeded');
    expect(await world.run(promote, still, 216)).toMatchObject({ wait: null, promotion: { done: true } });
  });

  test('asks again while the deployment is not yet in that wait', async () => {
    world.state.broken = { ContinueDeployment: new ServiceError('DeploymentIsNotInReadyStateException', 'not yet') };
    const waiting = await world.run(promote, release, 210);
    world.state.broken = {};
    expect(await world.run(promote, waiting, 213)).toMatchObject({ promotion: { continued: true } });
  });

  test('keeps blue when an alarm goes off before it is given up', async () => {
    world.state.alarms = { 'trucks-b-errors': 'ALARM' };
    expect(await world.run(promote, release, 210)).toMatchObject({ wait: null, promotion: { done: false } });
    expect(world.inputs('ContinueDeployment')).toEqual([]);
  });

  test('has a deadline', async () => {
    const waiting = await world.run(promote, release, 210);
    expect(await world.run(promote, waiting, 810)).toMatchObject({ wait: null, promotion: { done: false } });
  });
});

describe('Retreat', () => {
  let release: Release;
  beforeEach(async () => {
    release = { ...(await leadToReady(world)), decision: { ...bad, verdict: 'fail' } };
    world.state.taskSets.push({
      id: 'ecs-svc/2',
      status: 'ACTIVE',
      taskDefinition: release.revision ?? '',
      targetGroup: groups.b,
    });
    world.state.weights = [90, 10];
  });

  test('stops the deployment with rollback and waits until blue really serves everybody', async () => {
    const stopping = await world.run(retreat, release, 70);
    expect(world.inputs('StopDeployment')).toEqual([{ deploymentId: 'd-1', autoRollbackEnabled: true }]);
    world.state.deployments['d-2'] = { description: 'Rollback', status: 'InProgress' };
    Object.assign(world.state.deployments['d-1'] ?? {}, { rollback: 'd-2' });
    const rollingBack = await world.run(retreat, stopping, 73);
    expect(rollingBack).toMatchObject({
      wait: { resume: 'Retreat' },
      retreat: { reason: 'the rollback d-2 is InProgress' },
    });
    Object.assign(world.state.deployments['d-2'], { status: 'Succeeded' });
    const listener = await world.run(retreat, rollingBack, 76);
    expect(listener.retreat?.reason).toContain('the production rule does not send everything to blue');
    world.state.weights = [100, 0];
    const orphans = await world.run(retreat, listener, 79);
    expect(orphans.retreat?.reason).toBe("green's task set still exists");
    world.state.taskSets.pop();
    expect(await world.run(retreat, orphans, 82)).toMatchObject({ wait: null, retreat: { result: 'restored' } });
    expect(world.inputs('StopDeployment')).toHaveLength(1);
  });

  test('takes traffic on blue for restored at the deadline, and says what is left', async () => {
    setStatus(world, 'Stopped');
    world.state.weights = [100, 0];
    const waiting = await world.run(retreat, release, 70);
    expect(await world.run(retreat, waiting, 370)).toMatchObject({
      retreat: { result: 'restored', reason: expect.stringContaining("after 300 s green's task set still exists") },
    });
  });

  test('does not claim at the deadline what it has not seen', async () => {
    setStatus(world, 'Stopped');
    const waiting = await world.run(retreat, release, 70);
    expect(await world.run(retreat, waiting, 370)).toMatchObject({ wait: null, retreat: { result: 'unproven' } });
  });

  test('looks once more for a deployment whose creation may not have been answered, before it says so', async () => {
    const failures = { Shift: { Error: 'States.Timeout', Cause: '' } };
    const found = world.state.deployments;
    world.state.deployments = {};
    const first = await world.run(retreat, { ...release, deployment: null, failures }, 70);
    expect(first).toMatchObject({ wait: { resume: 'Retreat' }, retreat: { result: null } });
    world.state.deployments = found;
    expect(await world.run(retreat, first, 73)).toMatchObject({ wait: { resume: 'Retreat' } });
    expect(world.inputs('StopDeployment')).toHaveLength(1);
    world.state.deployments = {};
    expect(await world.run(retreat, { ...first, wait: null }, 73)).toMatchObject({
      retreat: { result: 'nothing-moved' },
    });
  });

  test('says so when nothing had been shifted', async () => {
    world.state.deployments = {};
    expect(await world.run(retreat, { ...release, deployment: null }, 70)).toMatchObject({
      wait: null,
      retreat: { result: 'nothing-moved' },
    });
  });

  test('finds and stops a deployment whose creation was never answered', async () => {
    expect(await world.run(retreat, { ...release, deployment: null }, 70)).toMatchObject({
      wait: { resume: 'Retreat' },
    });
    expect(world.inputs('StopDeployment')).toHaveLength(1);
  });

  test('comes too late for a deployment that is complete', async () => {
    setStatus(world, 'Succeeded');
    expect(await world.run(retreat, release, 70)).toMatchObject({ wait: null, retreat: { result: 'too-late' } });
  });

  test('stops nothing once the old version was given up, and waits for the end of it', async () => {
    const promotion = { startedAt: at(60), continued: true, done: false, reason: '' };
    const given = { ...release, decision: good, promotion };
    expect(await world.run(retreat, given, 70)).toMatchObject({ wait: { resume: 'Retreat' } });
    expect(world.inputs('StopDeployment')).toEqual([]);
    setStatus(world, 'Succeeded');
    const late = await world.run(retreat, given, 73);
    expect(await world.run(close, late, 80)).toMatchObject({ outcome: 'released' });
  });

  test('stops nothing once another release has the lock', async () => {
    await expect(world.run(retreat, { ...release, token: 99 }, 70)).rejects.toMatchObject({ name: 'LockLost' });
    expect(world.inputs('StopDeployment')).toEqual([]);
  });
});

describe('Close', () => {
  const promotion = { startedAt: at(200), continued: true, done: true, reason: 'It serves alone.' };

  test('of a good release tells, tags, records what is live, resumes scaling and frees the lock', async () => {
    const ready = await leadToReady(world);
    const closed = await world.run(close, { ...ready, decision: good, promotion }, 220);
    expect(closed).toMatchObject({ outcome: 'released', reason: 'Green served. It serves alone.', closedAt: at(220) });
    expect(await world.ledger()).toMatchObject([{ state: 'Close', outcome: 'released', release: closed }]);
    expect(await world.item('LIVE')).toMatchObject({ release: 'trucks-2', sequence: 2, digest: digestOf('b') });
    expect(await world.item('LOCK')).toEqual({ pk: 'SERVICE#trucks', sk: 'LOCK', token: 1 });
    expect(world.inputs('PutImage')).toMatchObject([{ imageTag: 'known-good-2-bbbbbbbb' }]);
    expect(world.inputs('RegisterScalableTarget').at(-1)).toMatchObject({
      SuspendedState: { DynamicScalingInSuspended: false, ScheduledScalingSuspended: false },
    });
    expect(world.inputs('Publish')).toMatchObject([{ Subject: '[understudy] trucks 2.0.0: released' }]);
    const ended = world.inputs('PutEvents').at(-1);
    expect(ended).toMatchObject({ Entries: [{ Source: 'understudy', DetailType: 'Release ended' }] });
  });

  test('can be run again after any of its acts', async () => {
    const ready = { ...(await leadToReady(world)), decision: good, promotion };
    world.state.broken = { Publish: new ServiceError('InternalFailure', 'later', 500) };
    await expect(world.run(close, ready, 220)).rejects.toMatchObject({ name: 'Transient' });
    world.state.broken = {};
    expect(await world.run(close, ready, 220)).toMatchObject({ outcome: 'released' });
    expect(await world.item('LIVE')).toMatchObject({ release: 'trucks-2' });
    expect(await world.ledger()).toHaveLength(1);
  });

  test('stops the release’s tasks that are left over', async () => {
    const release = await leadToRegistered(world);
    const task = { taskDefinitionArn: 'blue:2', lastStatus: 'RUNNING' };
    world.state.tasks = [
      { ...task, taskArn: 'arn:aws:ecs:us-east-1:111111111111:task/c/own', startedBy: 'trucks-2' },
      { ...task, taskArn: 'arn:aws:ecs:us-east-1:111111111111:task/c/other', startedBy: 'ecs-svc/1' },
    ];
    await world.run(close, { ...release, refusal: 'No.' }, 20);
    expect(world.state.tasks.map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED', 'RUNNING']);
  });

  test('stops the tasks that the aborted release left which it took the lock over from', async () => {
    const release = await leadToRegistered(world);
    const task = { taskDefinitionArn: 'blue:2', lastStatus: 'RUNNING' };
    world.state.tasks = [
      { ...task, taskArn: 'arn:aws:ecs:us-east-1:111111111111:task/c/left', startedBy: 'trucks-aborted' },
      { ...task, taskArn: 'arn:aws:ecs:us-east-1:111111111111:task/c/other', startedBy: 'trucks-elsewhere' },
    ];
    await world.run(close, { ...release, refusal: 'No.', abandoned: ['trucks-aborted'] }, 20);
    expect(world.state.tasks.map(({ lastStatus }) => lastStatus)).toEqual([
      'STOPPED',
      'RUNNING',
      // Drops the scratch copy that the aborted release may have left.
      'PENDING',
    ]);
  });

  test('records what is live before it tidies up: who looks meanwhile sees what serves', async () => {
    const ready = { ...(await leadToReady(world)), decision: good, promotion };
    world.state.broken = { ListTasks: new ServiceError('InternalFailure', 'later', 500) };
    await expect(world.run(close, ready, 220)).rejects.toMatchObject({ name: 'Transient' });
    expect(await world.item('LIVE')).toMatchObject({ release: 'trucks-2' });
  });

  test('resumes the scaling that Shift may have suspended before its execution was cut short', async () => {
    const failures = { Execution: { Error: 'ABORTED', Cause: 'It was aborted.' } };
    await world.run(close, { ...(await leadToRegistered(world)), failures, refusal: 'Nothing was changed.' }, 20);
    expect(world.inputs('RegisterScalableTarget').at(-1)).toMatchObject({
      SuspendedState: { DynamicScalingInSuspended: false },
    });
  });

  test('does not take the tag of another image for its own', async () => {
    const ready = await leadToReady(world);
    world.state.broken = { PutImage: new ServiceError('ImageTagAlreadyExistsException', 'another image has it') };
    const closed = await world.run(close, { ...ready, decision: good, promotion }, 220);
    expect(closed.reason).toContain('Could not tag the image known-good: another image has it');
  });

  test('tells what could not be tidied up, and does the rest', async () => {
    const ready = await leadToReady(world);
    world.state.broken = { PutImage: new ServiceError('AccessDeniedException', 'may not tag') };
    const closed = await world.run(close, { ...ready, decision: good, promotion }, 220);
    expect(closed.reason).toContain('Could not tag the image known-good: may not tag');
    expect(await world.item('LOCK')).not.toHaveProperty('holder');
  });

  test('tries again what is refused once', async () => {
    const ready = await leadToReady(world);
    world.state.broken = {
      get RegisterScalableTarget() {
        world.state.broken = {};
        return new ServiceError('AccessDeniedException', 'not yet');
      },
    };
    const closed = await world.run(close, { ...ready, decision: good, promotion }, 220);
    expect(closed.reason).not.toContain('Could not');
    expect(world.inputs('RegisterScalableTarget').at(-1)).toMatchObject({
      SuspendedState: { DynamicScalingInSuspended: false },
    });
  });

  test('of an unproven end tells first and then fails the execution', async () => {
    const release = await leadToReady(world);
    const lost = {
      ...release,
      decision: bad,
      retreat: { startedAt: at(70), result: 'unproven', reason: 'Who knows.' },
    };
    await expect(world.run(close, lost, 400)).rejects.toMatchObject({
      name: 'ReleaseFailed',
      message: 'Green fails. The way back is not proven: Who knows.',
    });
    expect(world.inputs('Publish')).toMatchObject([{ Subject: '[understudy] trucks 2.0.0: failed' }]);
    expect(await world.item('LOCK')).not.toHaveProperty('holder');
    expect(await world.ledger()).toMatchObject([{ outcome: 'failed' }]);
  });

  test('of a release that Open itself could not open frees the lock that it may have taken', async () => {
    await leadToRegistered(world);
    const input = { ...request, failures: { Open: { Error: 'AccessDeniedException', Cause: 'no' } } };
    const closed = await world.run(close, input, 20, execution);
    expect(closed).toMatchObject({
      outcome: 'refused',
      service: 'trucks',
      reason: 'Nothing was changed. Open failed with AccessDeniedException: no',
    });
    expect(await world.item('LOCK')).not.toHaveProperty('holder');
  });

  test('of an input that is no request keeps it in the ledger all the same', async () => {
    const failures = { Open: { Error: 'States.Timeout', Cause: '' } };
    expect(await world.run(close, { hello: 1, failures }, 20)).toMatchObject({ outcome: 'refused', service: '(none)' });
    expect(await world.ledger('(none)')).toHaveLength(1);
  });
});
