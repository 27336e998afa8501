import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../local/codedeploy/deployment.ts';
import { account, minute } from './account.ts';

type Account = Awaited<ReturnType<typeof account>>;

function weights({ elb, a, b }: Account, listener: string): (number | undefined)[] {
  const action = elb.rules(listener)[0]?.action;
  const groups = action?.kind === 'forward' ? action.groups : [];
  return [a, b].map(({ arn }) => groups.find((group) => group.targetGroup === arn)?.weight);
}

async function shifted(stage: Account, deployment: Deployment): Promise<void> {
  await stage.clock.run(() => deployment.status === 'Ready');
  stage.model.continue(deployment.options.id, 'READY_WAIT');
  await stage.clock.run(() => weights(stage, stage.production)[1] !== 0);
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
describe('a deployment on the models of ECS, load balancer and CloudWatch', () => {
  test('moves users to a good version without a failed request, and leaves nothing of the old one', async () => {
    const stage = await account();
    const deployment = stage.deploy('good');
    await shifted(stage, deployment);
    await stage.clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    stage.model.continue(deployment.options.id, 'TERMINATION_WAIT');
    await stage.clock.run(() => deployment.status === 'Succeeded');
    await stage.clock.advance(minute);
    expect(stage.users.counts).toMatchObject({ failed: 0, firstBadAt: null });
    expect(stage.users.counts.onGreen).toBeGreaterThan(1000);
    expect(stage.runtime.tasks().map(({ spec }) => spec.image)).toEqual(['good@2', 'good@2']);
    expect([stage.a.addresses().length, stage.b.count('healthy')]).toEqual([0, 2]);
  });

  test('rewrites the rules that forward to the pair, new at 100 and old at 0, and leaves the default action', async () => {
    const stage = await account();
    const deployment = stage.deploy('good');
    await shifted(stage, deployment);
    await stage.clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    expect([weights(stage, stage.production), weights(stage, stage.test)]).toEqual([
      [0, 100],
      [0, 100],
    ]);
    for (const listener of [stage.production, stage.test]) {
      expect(stage.elb.rules(listener).at(-1)).toMatchObject({
        priority: 'default',
        action: { kind: 'fixed', status: 404 },
      });
    }
  });

  test('uses the other target group each time: "the target group associated with the original task set" is next', async () => {
    const stage = await account({
      readyWaitMinutes: null,
      terminationWaitMinutes: 0,
      config: 'CodeDeployDefault.ECSAllAtOnce',
    });
    const first = stage.deploy('good@2');
    await stage.clock.run(() => first.status === 'Succeeded');
    expect(weights(stage, stage.production)).toEqual([0, 100]);
    const second = stage.deploy('good@3');
    await stage.clock.run(() => second.status === 'Succeeded');
    expect(weights(stage, stage.production)).toEqual([100, 0]);
    expect(stage.users.counts.failed).toBe(0);
  });

  test.each(['crash', 'hang', 'zombie'] as const)(
    'waits up to an hour for a version that is a %s, shifts nothing, fails and is rolled back',
    async (behaviour) => {
      const stage = await account({}, 1);
      const deployment = stage.deploy(behaviour);
      await stage.clock.advance(59 * minute);
      expect(deployment).toMatchObject({ status: 'InProgress', over: false });
      await stage.clock.run(() => deployment.over);
      expect(deployment).toMatchObject({ status: 'Failed', error: { code: 'TIMEOUT' } });
      await stage.clock.run(() => stage.model.deployment(deployment.rollbackId ?? '').status === 'Succeeded');
      expect(stage.users.counts).toMatchObject({ failed: 0, onGreen: 0 });
      expect(stage.runtime.tasks().map(({ spec }) => spec.image)).toEqual(['good@1', 'good@1']);
    },
  );

  test('fails with ECS’s own words when the task definition is gone', async () => {
    const stage = await account();
    const deployment = stage.deploy('good');
    stage.ecs.definitions.deregister('backstage:2', stage.clock.now());
    await stage.clock.run(() => deployment.over);
    expect(deployment).toMatchObject({
      status: 'Failed',
      error: { code: 'ECS_UPDATE_ERROR', message: expect.stringContaining('TaskDefinition is inactive') },
      rollbackId: null,
      rollbackMessage: expect.stringContaining('nothing to roll back'),
    });
  });

  test('needs the primary task set’s target group behind the production listener', async () => {
    const stage = await account();
    const [rule] = stage.elb.rules(stage.production);
    stage.elb.setForward(rule?.arn ?? '', [{ targetGroup: stage.b.arn, weight: 1 }]);
    const deployment = stage.deploy('good');
    await stage.clock.run(() => deployment.over);
    expect(deployment.error).toMatchObject({
      code: 'ELASTIC_LOAD_BALANCING_INVALID',
      message: `Primary taskset target group must be behind listener ${stage.production}.`,
    });
  });

  test('fails when the service is not steady for 5 minutes while traffic shifts', async () => {
    const config = 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes';
    const stage = await account({ config, alarms: { names: [], ignorePollFailure: false } });
    const deployment = stage.deploy('good');
    await shifted(stage, deployment);
    // From now on no target answers what the health checks want.
    for (const group of [stage.a, stage.b]) {
      group.settings = { ...group.settings, healthCheck: { ...group.settings.healthCheck, matcher: '299' } };
    }
    const began = stage.clock.now();
    await stage.clock.run(() => deployment.over);
    expect(deployment).toMatchObject({ status: 'Failed', error: { code: 'ECS_UPDATE_ERROR' } });
    expect(stage.clock.now() - began).toBeGreaterThanOrEqual(5 * minute);
    expect(stage.clock.now() - began).toBeLessThan(7 * minute);
  });
});

// https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html
describe('alarms', () => {
  test('stop a version that fails under users’ traffic, and the rollback gives everything back to blue', async () => {
    const stage = await account();
    const deployment = stage.deploy('late');
    await shifted(stage, deployment);
    await stage.clock.run(() => deployment.over);
    expect(deployment).toMatchObject({
      status: 'Stopped',
      error: { code: 'ALARM_ACTIVE', message: expect.stringContaining('errors-b') },
    });
    const rollback = stage.model.deployment(deployment.rollbackId ?? '');
    await stage.clock.run(() => rollback.status === 'Succeeded');
    expect(weights(stage, stage.production)).toEqual([100, 0]);
    const { failed, failedOnBlue, failedOnGreen } = stage.users.counts;
    expect({ failedOnBlue, all: failed === failedOnGreen }).toEqual({ failedOnBlue: 0, all: true });
    await stage.clock.advance(5 * minute);
    expect(stage.users.counts.failed).toBe(failed);
  });

  test('are watched while green waits, too', async () => {
    const stage = await account();
    const deployment = stage.deploy('good');
    await stage.clock.run(() => deployment.status === 'Ready');
    stage.cloudWatch.setAlarmState('errors-b', 'ALARM', 'drill');
    await stage.clock.advance(6000);
    expect(deployment).toMatchObject({ status: 'Stopped', error: { code: 'ALARM_ACTIVE' } });
  });

  test.each([
    [false, 'Stopped'],
    [true, 'Ready'],
  ] as const)(
    'whose state cannot be read stop a deployment unless that is ignored: ignored %s (API_AlarmConfiguration.html)',
    async (ignorePollFailure, status) => {
      const stage = await account({ alarms: { names: ['no such alarm'], ignorePollFailure } });
      const deployment = stage.deploy('good');
      await stage.clock.advance(2 * minute);
      expect(deployment.status).toBe(status);
    },
  );

  test('do not stop the rollback that they have caused', async () => {
    const stage = await account();
    const deployment = stage.deploy('good');
    await shifted(stage, deployment);
    stage.cloudWatch.setAlarmState('errors-b', 'ALARM', 'drill');
    await stage.clock.run(() => deployment.over);
    const rollback = stage.model.deployment(deployment.rollbackId ?? '');
    for (let second = 0; second < 60; second += 1) {
      stage.cloudWatch.setAlarmState('errors-b', 'ALARM', 'drill');
      await stage.clock.advance(1000);
    }
    expect(rollback.status).toBe('Succeeded');
  });
});

describe('a deployment that was stopped without a rollback', () => {
  test('leaves both task sets and the split, and the next one clears up before it installs', async () => {
    const stage = await account();
    const stopped = stage.deploy('good@2');
    await shifted(stage, stopped);
    stage.model.stop(stopped.options.id, false);
    await stage.clock.advance(10 * minute);
    expect(weights(stage, stage.production)).toEqual([90, 10]);
    expect(stage.runtime.tasks()).toHaveLength(4);
    const next = stage.deploy('good@3');
    await stage.clock.run(() => next.status === 'Ready');
    expect(
      stage.runtime
        .tasks()
        .map(({ spec }) => spec.image)
        .toSorted(),
    ).toEqual(['good@1', 'good@1', 'good@3', 'good@3']);
  });

  test('at BeforeInstall there is nothing to roll back (reference-appspec-file-structure-hooks.html)', async () => {
    const stage = await account();
    const deployment = stage.deploy('good');
    stage.model.stop(deployment.options.id, true);
    expect(deployment).toMatchObject({ status: 'Stopped', error: { code: 'MANUAL_STOP' }, rollbackId: null });
  });
});
