import type { Service as ServiceDescription } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { pauseBeforeReplacement } from '../../../local/ecs/task-set.ts';
import { seconds, world } from './world.ts';

function running(image = 'good@1', desiredCount = 1) {
  const stage = world();
  stage.register(image);
  const service = stage.createService(desiredCount);
  const described = (): ServiceDescription | undefined =>
    stage.operations.DescribeServices({ cluster: 'understudy', services: ['backstage'] }).services?.[0];
  const tasks = (desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING') => {
    const arns = stage.operations.ListTasks({
      cluster: 'understudy',
      serviceName: 'backstage',
      desiredStatus,
    }).taskArns;
    if (arns === undefined || arns.length === 0) return [];
    return stage.operations.DescribeTasks({ cluster: 'understudy', tasks: arns }).tasks ?? [];
  };
  return { ...stage, service, described, tasks };
}

/** Another task set, as CodeDeploy makes one. */
function addTaskSet(stage: ReturnType<typeof running>, image: string) {
  return stage.ecs.createTaskSet(stage.service, {
    revision: stage.register(image),
    targetGroup: stage.b.arn,
    containerName: 'backstage',
    containerPort: 7007,
    network: undefined,
    platformVersion: '1.4.0',
    externalId: 'd-123456789',
  });
}

describe('a service with the deployment controller CODE_DEPLOY', () => {
  test('starts with one task set, which is primary (deployment-type-bluegreen.html)', async () => {
    const { clock, described, a } = running('good@1', 2);
    expect(described()?.taskSets).toMatchObject([
      { status: 'PRIMARY', stabilityStatus: 'STABILIZING', computedDesiredCount: 2, pendingCount: 2, runningCount: 0 },
    ]);
    await clock.advance(30 * seconds);
    expect(described()).toMatchObject({
      desiredCount: 2,
      runningCount: 2,
      deployments: [],
      taskSets: [
        {
          status: 'PRIMARY',
          stabilityStatus: 'STEADY_STATE',
          runningCount: 2,
          pendingCount: 0,
          scale: { value: 100, unit: 'PERCENT' },
          loadBalancers: [{ targetGroupArn: a.arn, containerName: 'backstage', containerPort: 7007 }],
        },
      ],
    });
    expect(a.count('healthy')).toBe(2);
  });

  test('marks its tasks with the id of their task set', async () => {
    const { clock, described, tasks } = running();
    await clock.advance(30 * seconds);
    expect(tasks()).toMatchObject([{ group: 'service:backstage', startedBy: described()?.taskSets?.[0]?.id }]);
  });

  test('needs a target group that a load balancer forwards to, and a container with that port (API_CreateService.html)', () => {
    const stage = world();
    stage.register('good@1');
    const unused = stage.elb.createTargetGroup({ ...stage.a.settings, name: 'unused' });
    const input = stage.createService().input;
    const create = (changes: object) =>
      stage.ecs.createService({
        cluster: 'understudy',
        taskDefinition: 'backstage',
        desiredCount: 1,
        healthCheckGracePeriodSeconds: 0,
        ...input,
        name: 'other',
        loadBalancer: { targetGroup: stage.a.arn, containerName: 'backstage', containerPort: 7007, ...changes },
      });
    expect(() => create({ targetGroup: unused.arn })).toThrow('does not have an associated load balancer');
    expect(() => create({ containerPort: 1 })).toThrow('did not have a container port 1 defined');
    expect(() => create({ containerName: 'web' })).toThrow('container web does not exist');
  });

  test('is steady only when the load balancer finds its tasks healthy (API_TaskSet.html)', async () => {
    const { clock, described } = running('hang@1');
    await clock.advance(30 * seconds);
    expect(described()?.taskSets).toMatchObject([{ stabilityStatus: 'STABILIZING', runningCount: 1 }]);
  });

  test.each([
    [{ taskDefinition: 'backstage:1' }, 'Unable to update task definition on services with a CODE_DEPLOY'],
    [{ networkConfiguration: {} }, 'Unable to update network parameters on services with a CODE_DEPLOY'],
    [{ platformVersion: '1.4.0' }, 'Unable to update platform version'],
    [{ loadBalancers: [] }, 'Unable to update load balancers'],
    [{ forceNewDeployment: true }, 'Cannot force a new deployment on services with a CODE_DEPLOY'],
  ])('refuses to be updated with %j (API_UpdateService.html)', (change, message) => {
    const { operations } = running();
    const update = () => operations.UpdateService({ cluster: 'understudy', service: 'backstage', ...change });
    expect(update).toThrow(message);
    expect(update).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }));
  });

  test('takes another desired count, and starts and drains tasks for it', async () => {
    const { clock, operations, described, a } = running();
    await clock.advance(30 * seconds);
    operations.UpdateService({ cluster: 'understudy', service: 'backstage', desiredCount: 3 });
    await clock.advance(30 * seconds);
    expect(described()).toMatchObject({ desiredCount: 3, runningCount: 3 });
    operations.UpdateService({ cluster: 'understudy', service: 'backstage', desiredCount: 1 });
    await clock.advance(10 * seconds);
    expect([a.count('healthy'), a.count('draining')]).toEqual([1, 2]);
    await clock.advance(30 * seconds);
    expect(described()).toMatchObject({ runningCount: 1, pendingCount: 0 });
    expect(a.addresses()).toHaveLength(1);
  });

  test('is missing under another name', () => {
    const { operations } = running();
    expect(operations.DescribeServices({ cluster: 'understudy', services: ['other'] })).toEqual({
      services: [],
      failures: [{ arn: 'other', reason: 'MISSING' }],
    });
  });
});

describe('a service’s tasks', () => {
  test('drain before they get their signal: DEACTIVATING, STOPPING, STOPPED', async () => {
    const { clock, operations, tasks, a } = running();
    await clock.advance(30 * seconds);
    const [task] = tasks();
    operations.StopTask({ cluster: 'understudy', task: task?.taskArn });
    expect(tasks('STOPPED')).toMatchObject([{ lastStatus: 'DEACTIVATING' }]);
    expect(a.count('draining')).toBe(1);
    await clock.advance(20.1 * seconds);
    expect(tasks('STOPPED')).toMatchObject([{ lastStatus: 'STOPPING' }]);
    await clock.advance(2 * seconds);
    expect(tasks('STOPPED')).toMatchObject([{ lastStatus: 'STOPPED', stopCode: 'UserInitiated' }]);
  });

  test('are replaced when they are stopped', async () => {
    const { clock, operations, tasks, described } = running();
    await clock.advance(30 * seconds);
    const [task] = tasks();
    operations.StopTask({ cluster: 'understudy', task: task?.taskArn });
    await clock.advance(30 * seconds);
    expect(tasks()).toHaveLength(1);
    expect(tasks()[0]?.taskArn).not.toBe(task?.taskArn);
    expect(described()?.taskSets).toMatchObject([{ stabilityStatus: 'STEADY_STATE' }]);
  });

  test('that crash after they have run are replaced again and again without a growing pause (service-throttle-logic.html)', async () => {
    const { clock, tasks } = running('crash@1');
    await clock.advance(120 * seconds);
    const ended = tasks('STOPPED');
    expect(ended.length).toBeGreaterThan(15);
    expect(ended[0]).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 1 }] });
  });

  test('that never run are replaced ever more slowly, up to every 15 minutes (service-throttle-logic.html)', async () => {
    const { clock, tasks, described } = running('missing@1');
    await clock.advance(600 * seconds);
    expect(tasks('STOPPED').length).toBeLessThan(8);
    expect(described()?.events?.map(({ message }) => message)).toContain(
      '(service backstage) is unable to consistently start tasks successfully.',
    );
    expect([0, 1, 2, 3, 20].map(pauseBeforeReplacement)).toEqual([1000, 10_000, 20_000, 40_000, 900_000]);
  });

  test('that fail the target group’s health checks are killed after the grace period, not before (ecs_services.html)', async () => {
    const { clock, tasks } = running('hang@1');
    await clock.advance(55 * seconds);
    expect(tasks('STOPPED')).toEqual([]);
    await clock.advance(10 * seconds);
    expect(tasks('STOPPED')).toMatchObject([
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: expect.stringContaining('Task failed ELB health checks in (target-group arn:'),
      },
    ]);
    expect(tasks()).toHaveLength(1);
  });

  test('that crash leave their target group at once', async () => {
    const { clock, a, runtime } = running();
    await clock.advance(30 * seconds);
    runtime.tasks()[0]?.stop();
    await clock.advance(1 * seconds);
    expect(a.count('healthy')).toBe(0);
    await clock.advance(30 * seconds);
    expect(a.count('healthy')).toBe(1);
  });
});

describe('task sets (API_CreateTaskSet.html, API_UpdateServicePrimaryTaskSet.html, API_DeleteTaskSet.html)', () => {
  test('live side by side, each at the service’s desired count behind its own target group', async () => {
    const stage = running('good@1', 2);
    await stage.clock.advance(30 * seconds);
    addTaskSet(stage, 'good@2');
    await stage.clock.advance(30 * seconds);
    expect(stage.described()?.taskSets).toMatchObject([
      { status: 'PRIMARY', runningCount: 2 },
      { status: 'ACTIVE', runningCount: 2, startedBy: 'CODE_DEPLOY', externalId: 'd-123456789' },
    ]);
    expect([stage.a.count('healthy'), stage.b.count('healthy')]).toEqual([2, 2]);
  });

  test('change places, and the one that is deleted drains and is gone', async () => {
    const stage = running();
    await stage.clock.advance(30 * seconds);
    const [blue] = stage.service.taskSets;
    const green = addTaskSet(stage, 'good@2');
    await stage.clock.advance(30 * seconds);
    stage.ecs.setPrimary(stage.service, green);
    expect(stage.described()).toMatchObject({
      taskDefinition: expect.stringMatching(/backstage:2$/),
      taskSets: [{ status: 'ACTIVE' }, { status: 'PRIMARY' }],
    });
    if (blue !== undefined) stage.ecs.deleteTaskSet(stage.service, blue);
    expect(stage.described()?.taskSets).toMatchObject([{ status: 'DRAINING', computedDesiredCount: 0 }, {}]);
    await stage.clock.advance(30 * seconds);
    expect(stage.described()?.taskSets).toMatchObject([{ id: green.id, status: 'PRIMARY' }]);
    expect(stage.runtime.tasks()).toHaveLength(1);
  });

  test('go on replacing tasks of a revision that was deregistered (deregister-task-definition-v2.html)', async () => {
    const { clock, operations, tasks } = running();
    await clock.advance(30 * seconds);
    operations.DeregisterTaskDefinition({ taskDefinition: 'backstage:1' });
    operations.StopTask({ cluster: 'understudy', task: tasks()[0]?.taskArn });
    await clock.advance(30 * seconds);
    expect(tasks()).toMatchObject([{ lastStatus: 'RUNNING', taskDefinitionArn: expect.stringContaining(':1') }]);
  });
});
