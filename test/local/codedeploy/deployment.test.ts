import { describe, expect, test } from '@jest/globals';
import { appSpec, world } from './world.ts';

// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
const minute = 60_000;

describe('an ECS blue/green deployment', () => {
  test('goes from Created over InProgress to Ready, with green on the test listener alone', async () => {
    const { clock, service, create, greenPercent } = world();
    const deployment = create();
    expect(deployment.status).toBe('Queued');
    await clock.run(() => deployment.status === 'InProgress');
    await clock.run(() => deployment.status === 'Ready');
    expect(service.percent('test', 'tg-b')).toBe(100);
    expect(greenPercent()).toBe(0);
    expect(deployment.waitsFor).toBe('READY_WAIT');
  });

  test('walks the lifecycle events in the documented order', async () => {
    const { clock, model, create } = world();
    const deployment = create();
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    const { events } = deployment.lifecycle;
    expect(events.map(({ name }) => name)).toEqual([
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'AllowTestTraffic',
      'AfterAllowTestTraffic',
      'BeforeAllowTraffic',
      'AllowTraffic',
      'AfterAllowTraffic',
    ]);
    expect(events.every(({ status }) => status === 'Succeeded')).toBe(true);
    const starts = events.map(({ startedAt }) => startedAt);
    expect(starts).toEqual(starts.toSorted((a, b) => Number(a) - Number(b)));
  });

  test('shifts the canary, and the rest after the interval', async () => {
    const { clock, model, create, greenPercent } = world();
    const deployment = create();
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.advance(minute);
    expect(greenPercent()).toBe(10);
    await clock.advance(3 * minute);
    expect(greenPercent()).toBe(10);
    await clock.advance(2 * minute);
    expect(greenPercent()).toBe(100);
  });

  test('shifts linearly by the same percentage each interval', async () => {
    const { clock, model, service, create } = world();
    const deployment = create({ config: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' });
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    const shifts = service.history.filter(({ listener }) => listener === 'production');
    expect(shifts.map(({ weights }) => weights[0]?.weight)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    const [first, second] = shifts;
    expect(Number(second?.at) - Number(first?.at)).toBe(minute);
  });

  test('shifts everything at once where the configuration says so', async () => {
    const { clock, model, service, create } = world();
    const deployment = create({ config: 'CodeDeployDefault.ECSAllAtOnce' });
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    const shifts = service.history.filter(({ listener }) => listener === 'production');
    expect(shifts.map(({ weights }) => weights)).toEqual([
      [
        { targetGroup: 'tg-b', weight: 100 },
        { targetGroup: 'tg-a', weight: 0 },
      ],
    ]);
  });

  test('keeps blue through the termination wait, and ends Succeeded without it', async () => {
    const { clock, model, service, create } = world();
    const deployment = create();
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    await clock.advance(50 * minute);
    expect(service.list().map(({ taskDefinition }) => taskDefinition)).toEqual(['td:1', 'td:2']);
    await clock.run(() => deployment.status === 'Succeeded');
    expect(service.list()).toMatchObject([{ taskDefinition: 'td:2', status: 'PRIMARY' }]);
  });

  test('ends the termination wait at once when it is continued', async () => {
    const { clock, model, create } = world();
    const deployment = create();
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    const before = clock.now();
    model.continue(deployment.options.id, 'TERMINATION_WAIT');
    await clock.run(() => deployment.status === 'Succeeded');
    expect(clock.now() - before).toBeLessThan(minute);
  });

  test('goes on without a ready wait where the group has none', async () => {
    const { clock, create, greenPercent } = world({ readyWaitMinutes: null });
    const deployment = create();
    await clock.run(() => greenPercent() > 0);
    expect(deployment.status).toBe('InProgress');
  });

  test('is stopped when nobody continues it within the ready wait', async () => {
    const { clock, create, greenPercent } = world();
    const deployment = create();
    await clock.run(() => deployment.over);
    expect(deployment.status).toBe('Stopped');
    expect(greenPercent()).toBe(0);
  });

  test('fails after 60 minutes when green never becomes healthy, and is rolled back', async () => {
    const { clock, service, model, create } = world();
    service.greenIsHealthy = false;
    const deployment = create();
    await clock.advance(59 * minute);
    expect(deployment.status).toBe('InProgress');
    await clock.run(() => deployment.over);
    expect(deployment).toMatchObject({ status: 'Failed', error: { code: 'TIMEOUT' } });
    await clock.run(() => model.deployment(deployment.rollbackId ?? '').status === 'Succeeded');
    expect(service.list().map(({ taskDefinition }) => taskDefinition)).toEqual(['td:1']);
  });
});

describe('an alarm of the deployment group', () => {
  test('stops the deployment and has it rolled back', async () => {
    const { clock, service, model, create, greenPercent } = world();
    const deployment = create();
    await clock.run(() => deployment.status === 'Ready');
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => greenPercent() === 10);
    service.loud = ['errors'];
    await clock.run(() => deployment.over);
    expect(deployment).toMatchObject({ status: 'Stopped', error: { code: 'ALARM_ACTIVE' } });
    await clock.run(() => model.deployment(deployment.rollbackId ?? '').status === 'Succeeded');
    expect(greenPercent()).toBe(0);
    expect(service.list()).toMatchObject([{ taskDefinition: 'td:1', status: 'PRIMARY' }]);
  });

  test('does not stop a deployment that overrides the alarms', async () => {
    const { clock, service, create } = world();
    service.loud = ['errors'];
    const deployment = create({ alarms: [] });
    await clock.run(() => deployment.status === 'Ready');
    expect(deployment.error).toBeNull();
  });
});

describe('stopping a deployment', () => {
  const moments = {
    'while green is installed': { at: 'Install', green: 0 },
    'while green waits': { at: 'Ready', green: 0 },
    'under the canary': { at: 'canary', green: 10 },
    'in the termination wait': { at: 'bake', green: 100 },
  } as const;

  async function reach(at: (typeof moments)[keyof typeof moments]['at']) {
    const all = world();
    const { clock, model, service, create, greenPercent } = all;
    service.greenIsHealthy = at !== 'Install';
    const deployment = create();
    if (at === 'Install') {
      await clock.advance(10_000);
      return { ...all, deployment };
    }
    await clock.run(() => deployment.status === 'Ready');
    if (at === 'Ready') return { ...all, deployment };
    model.continue(deployment.options.id, 'READY_WAIT');
    await clock.run(() => (at === 'canary' ? greenPercent() === 10 : deployment.waitsFor === 'TERMINATION_WAIT'));
    return { ...all, deployment };
  }

  test.each(Object.entries(moments))(
    '%s, with rollback, gives blue all traffic and deletes green',
    async (_, moment) => {
      const { clock, model, service, deployment, greenPercent } = await reach(moment.at);
      model.stop(deployment.options.id, true);
      expect(deployment.status).toBe('Stopped');
      const rollback = model.deployment(deployment.rollbackId ?? '');
      expect(rollback).toMatchObject({ takesBack: deployment.options.id, options: { creator: 'codeDeployRollback' } });
      await clock.run(() => rollback.status === 'Succeeded');
      expect(greenPercent()).toBe(0);
      expect(service.percent('test', 'tg-a')).toBe(100);
      expect(service.list()).toMatchObject([{ taskDefinition: 'td:1', status: 'PRIMARY' }]);
    },
  );

  test.each(Object.entries(moments))('%s, without rollback, leaves the traffic where it is', async (_, moment) => {
    const { clock, model, deployment, greenPercent } = await reach(moment.at);
    model.stop(deployment.options.id, false);
    await clock.advance(10 * minute);
    expect(greenPercent()).toBe(moment.green);
    expect(deployment.rollbackId).toBeNull();
  });

  test('is refused once the deployment has failed or succeeded, and succeeds again once it is stopped', async () => {
    const { clock, model, service, create } = world();
    const stopped = create();
    model.stop(stopped.options.id, false);
    expect(model.stop(stopped.options.id, true)).toBe(true);
    expect(stopped.rollbackId).toBeNull();
    service.greenIsHealthy = false;
    const deployment = create();
    await clock.run(() => deployment.over);
    expect(() => model.stop(deployment.options.id, true)).toThrow(
      expect.objectContaining({ code: 'DeploymentAlreadyCompletedException' }),
    );
  });
});

describe('CodeDeploy refuses', () => {
  test('a second active deployment of a group, and names the first', async () => {
    const { create } = world();
    const first = create();
    expect(() => create()).toThrow(expect.objectContaining({ code: 'DeploymentLimitExceededException' }));
    expect(() => create()).toThrow(first.options.id);
  });

  test('a new deployment while a rollback runs', async () => {
    const { clock, model, create } = world();
    const deployment = create();
    await clock.run(() => deployment.status === 'Ready');
    model.stop(deployment.options.id, true);
    expect(() => create()).toThrow(expect.objectContaining({ code: 'DeploymentLimitExceededException' }));
  });

  test('to continue a deployment that does not wait', async () => {
    const { model, create } = world();
    const { options } = create();
    expect(() => model.continue(options.id, 'READY_WAIT')).toThrow(
      expect.objectContaining({ code: 'DeploymentIsNotInReadyStateException' }),
    );
  });

  test('an AppSpec without a task definition', () => {
    const { model } = world();
    const request = { application: 'app', group: 'group', description: '', appSpec: appSpec.replace('td:2', '') };
    expect(() => model.create(request)).toThrow(expect.objectContaining({ code: 'InvalidRevisionException' }));
  });

  test('an unknown group and an unknown deployment', () => {
    const { model } = world();
    expect(() => model.group('app', 'other')).toThrow(
      expect.objectContaining({ code: 'DeploymentGroupDoesNotExistException' }),
    );
    expect(() => model.deployment('d-X')).toThrow(expect.objectContaining({ code: 'DeploymentDoesNotExistException' }));
  });
});
