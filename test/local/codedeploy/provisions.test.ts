import { expect, test } from '@jest/globals';
import { trafficSteps } from '../../../local/codedeploy/deployment-config.ts';
import { codeDeployProvisions } from '../../../local/codedeploy/provisions.ts';
import { world } from './world.ts';

const group = {
  ApplicationName: 'app',
  DeploymentGroupName: 'from-template',
  DeploymentConfigName: 'ours',
  ECSServices: [{ ClusterName: 'cluster', ServiceName: 'svc' }],
  LoadBalancerInfo: {
    TargetGroupPairInfoList: [
      {
        ProdTrafficRoute: { ListenerArns: ['production'] },
        TestTrafficRoute: { ListenerArns: ['test'] },
        TargetGroups: [{ Name: 'tg-a' }, { Name: 'tg-b' }],
      },
    ],
  },
  BlueGreenDeploymentConfiguration: {
    DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 45 },
    TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: '30' },
  },
  AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: false, Alarms: [{ Name: 'errors' }] },
  AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codedeploy-deploymentgroup.html
test('a template’s group and configuration say how deployments go', async () => {
  const { clock, model, service } = world();
  const provisions = codeDeployProvisions(model);
  const provision = (type: string, properties: Readonly<Record<string, unknown>>) =>
    provisions[`AWS::CodeDeploy::${type}`]?.({
      stack: 's',
      logicalId: type,
      type: `AWS::CodeDeploy::${type}`,
      properties,
    });
  const config = await provision('DeploymentConfig', {
    DeploymentConfigName: 'ours',
    ComputePlatform: 'ECS',
    TrafficRoutingConfig: {
      Type: 'TimeBasedCanary',
      TimeBasedCanary: { CanaryPercentage: 20, CanaryInterval: 3 },
    },
  });
  expect(config?.ref).toBe('ours');
  expect((await provision('DeploymentGroup', group))?.ref).toBe('from-template');
  expect(model.group('app', 'from-template')).toEqual({
    application: 'app',
    name: 'from-template',
    config: 'ours',
    service: { cluster: 'cluster', service: 'svc' },
    productionListener: 'production',
    testListener: 'test',
    targetGroups: ['tg-a', 'tg-b'],
    readyWaitMinutes: 45,
    terminationWaitMinutes: 30,
    alarms: { names: ['errors'], ignorePollFailure: false },
    rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
  });
  const appSpec = JSON.stringify({
    Resources: [
      {
        TargetService: {
          Properties: { TaskDefinition: 'td:2', LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 80 } },
        },
      },
    ],
  });
  const deployment = model.create({ application: 'app', group: 'from-template', description: '', appSpec });
  await clock.run(() => deployment.status === 'Ready');
  model.continue(deployment.options.id, 'READY_WAIT');
  await clock.run(() => service.percent('production', 'tg-b') > 0);
  expect(service.percent('production', 'tg-b')).toBe(20);
});

// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
test.each([
  [{ type: 'AllAtOnce' }, [[100, 0]]],
  [
    { type: 'TimeBasedCanary', percent: 5, minutes: 10 },
    [
      [5, 10],
      [100, 0],
    ],
  ],
  [
    { type: 'TimeBasedLinear', percent: 30, minutes: 1 },
    [
      [30, 1],
      [60, 1],
      [90, 1],
      [100, 0],
    ],
  ],
] as const)('%j moves traffic in the steps %j', (routing, expected) => {
  expect(trafficSteps(routing).map(({ percent, minutes }) => [percent, minutes])).toEqual(expected);
});
