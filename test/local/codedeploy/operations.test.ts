import { describe, expect, test } from '@jest/globals';
import { account, appSpec, minute } from './account.ts';

const group = { applicationName: 'backstage', deploymentGroupName: 'backstage' };
const revision = (content: string) => ({ revisionType: 'AppSpecContent' as const, appSpecContent: { content } });

describe('GetDeployment', () => {
  test('tells what was asked for, and never the AppSpec’s content (API_GetDeployment.html)', async () => {
    const { operations, deploy } = await account();
    const { options } = deploy('good');
    const { deploymentInfo } = operations.GetDeployment({ deploymentId: options.id });
    expect(deploymentInfo).toMatchObject({
      ...group,
      deploymentId: expect.stringMatching(/^d-[0-9A-F]{9}$/),
      status: 'Queued',
      creator: 'user',
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      computePlatform: 'ECS',
      deploymentOverview: { Pending: 1, InProgress: 0 },
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 60 },
      },
    });
    expect(deploymentInfo.revision?.appSpecContent?.content).toBeUndefined();
    expect(deploymentInfo.rollbackInfo).toBeUndefined();
  });

  test('links a rollback and what it takes back (API_RollbackInfo.html)', async () => {
    const { clock, operations, deploy } = await account();
    const deployment = deploy('good');
    const deploymentId = deployment.options.id;
    await clock.run(() => deployment.status === 'Ready');
    expect(operations.StopDeployment({ deploymentId, autoRollbackEnabled: true })).toMatchObject({
      status: 'Succeeded',
    });
    const stopped = operations.GetDeployment({ deploymentId }).deploymentInfo;
    const rollback = operations.GetDeployment({
      deploymentId: stopped.rollbackInfo?.rollbackDeploymentId,
    }).deploymentInfo;
    expect(stopped).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
    expect(rollback).toMatchObject({
      creator: 'codeDeployRollback',
      rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
    });
  });
});

describe('GetDeploymentTarget (API_ECSTarget.html)', () => {
  test('tells lifecycle events and traffic per task set; the target has succeeded when traffic has moved', async () => {
    const { clock, operations, model, deploy } = await account();
    const deployment = deploy('good');
    const deploymentId = deployment.options.id;
    const [targetId] = operations.ListDeploymentTargets({ deploymentId }).targetIds;
    const target = () => operations.GetDeploymentTarget({ deploymentId, targetId }).deploymentTarget.ecsTarget;
    expect(targetId).toBe('understudy:backstage');
    expect(target()).toMatchObject({ status: 'Pending', taskSetsInfo: [] });

    await clock.run(() => deployment.status === 'Ready');
    expect(target()).toMatchObject({
      status: 'Ready',
      taskSetsInfo: [
        { status: 'PRIMARY', taskSetLabel: 'Blue', trafficWeight: 100, runningCount: 2, targetGroup: { name: 'a' } },
        { status: 'ACTIVE', taskSetLabel: 'Green', trafficWeight: 0, runningCount: 2, targetGroup: { name: 'b' } },
      ],
    });
    expect(target()?.lifecycleEvents?.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'Succeeded'),
      ...Array.from({ length: 3 }, () => 'Pending'),
    ]);

    model.continue(deploymentId, 'READY_WAIT');
    await clock.advance(minute);
    expect(target()).toMatchObject({
      status: 'InProgress',
      taskSetsInfo: [{ trafficWeight: 90 }, { trafficWeight: 10 }],
    });
    await clock.run(() => deployment.waitsFor === 'TERMINATION_WAIT');
    expect(target()).toMatchObject({
      status: 'Succeeded',
      taskSetsInfo: [{ status: 'ACTIVE' }, { status: 'PRIMARY' }],
    });
    expect(operations.GetDeployment({ deploymentId }).deploymentInfo).toMatchObject({
      status: 'InProgress',
      instanceTerminationWaitTimeStarted: false,
    });
  });

  test('without a test listener, its events are skipped', async () => {
    const { clock, deploy } = await account({ testListener: null });
    const deployment = deploy('good');
    await clock.run(() => deployment.status === 'Ready');
    const skipped = deployment.lifecycle.events.filter(({ status }) => status === 'Skipped');
    expect(skipped.map(({ name }) => name)).toEqual(['AllowTestTraffic', 'AfterAllowTestTraffic']);
  });
});

describe('ListDeployments (API_ListDeployments.html)', () => {
  test('filters by group, status and time, the newest first', async () => {
    const { clock, operations, deploy } = await account();
    const first = deploy('good@2').options.id;
    operations.StopDeployment({ deploymentId: first });
    await clock.advance(minute);
    const since = new Date(clock.now());
    const second = deploy('good@3').options.id;
    const list = (input: object) => operations.ListDeployments({ ...group, ...input }).deployments;
    expect(list({})).toEqual([second, first]);
    expect(list({ includeOnlyStatuses: ['Stopped'] })).toEqual([first]);
    expect(list({ createTimeRange: { start: since } })).toEqual([second]);
    expect(list({ deploymentGroupName: 'other' })).toEqual([]);
    expect(operations.BatchGetDeployments({ deploymentIds: [first, second] }).deploymentsInfo).toMatchObject([
      { deploymentId: first },
      { deploymentId: second },
    ]);
  });
});

describe('CodeDeploy refuses', () => {
  test.each([
    ['DescriptionTooLongException', { description: 'x'.repeat(257) }],
    ['DeploymentConfigDoesNotExistException', { deploymentConfigName: 'CodeDeployDefault.OneAtATime' }],
    ['DeploymentGroupDoesNotExistException', { deploymentGroupName: 'other' }],
    ['InvalidRevisionException', { revision: revision('version: 0.0') }],
    ['RevisionRequiredException', { revision: undefined }],
    ['InvalidRevisionException', { revision: revision('{"Hooks":[{"AfterInstall":"f"}]}') }],
    [
      'AlarmsLimitExceededException',
      { overrideAlarmConfiguration: { alarms: Array.from({ length: 11 }, (_, index) => ({ name: `${index}` })) } },
    ],
  ])('with %s: %j', async (code, change) => {
    const { operations, ecs } = await account();
    const content = appSpec(ecs.definitions.usable('backstage').arn);
    const create = () => operations.CreateDeployment({ ...group, revision: revision(content), ...change });
    expect(create).toThrow(expect.objectContaining({ code }));
  });

  test('to describe more than 25 deployments at once (API_BatchGetDeployments.html)', async () => {
    const { operations } = await account();
    const deploymentIds = Array.from({ length: 26 }, (_, index) => `d-${index}`);
    expect(() => operations.BatchGetDeployments({ deploymentIds })).toThrow('At most 25 deployments');
  });
});
