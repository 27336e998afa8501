import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { serviceDescriptionSchema } from '../../../lambda/domain/service.ts';
import { environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';
import { template } from '../templates.ts';

const delivery = template('local', 'backstage-delivery');

/** A template's `Fn::Join` with a placeholder for everything that only the deploy knows. */
function joined(value: { 'Fn::Join': [string, unknown[]] }): string {
  const [separator, parts] = value['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'from-the-deploy')).join(separator);
}

describe('the deployment group', () => {
  test('keeps green waiting for the workflow, and stops by itself when nobody says anything', () => {
    delivery.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      BlueGreenDeploymentConfiguration: {
        DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 32 },
        TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 17 },
      },
    });
  });

  test.each(environmentNamesAllowed)('of %s keeps blue longer than any bake, as long as CodeDeploy can', (name) => {
    const config = environmentConfig(name);
    const groups = template(config.name, 'backstage-delivery').findResources('AWS::CodeDeploy::DeploymentGroup');
    const [minutes] = Object.values(groups).map(
      (group) =>
        group['Properties'].BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess
          .TerminationWaitTimeInMinutes,
    );
    expect(minutes * 60).toBeGreaterThan(config.services['backstage']?.policies.feature.bakeSeconds ?? Infinity);
    expect(minutes).toBeLessThanOrEqual(2880);
  });

  test.each(environmentNamesAllowed)(
    'of %s waits longer than the workflow does for a verdict and an approval',
    (name) => {
      const config = environmentConfig(name);
      const groups = template(config.name, 'backstage-delivery').findResources('AWS::CodeDeploy::DeploymentGroup');
      const [minutes] = Object.values(groups).map(
        (group) => group['Properties'].BlueGreenDeploymentConfiguration.DeploymentReadyOption.WaitTimeInMinutes,
      );
      const { readySeconds = Infinity, approvalSeconds = Infinity } = config.services['backstage']?.deadlines ?? {};
      expect(minutes * 60).toBeGreaterThan(readySeconds + approvalSeconds);
    },
  );

  test('rolls back on failure, on an alarm and on request', () => {
    delivery.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
  });

  test('shifts by listener between the two target groups', () => {
    const pair = { ListenerArns: [Match.anyValue()] };
    delivery.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      LoadBalancerInfo: {
        TargetGroupPairInfoList: [
          {
            ProdTrafficRoute: pair,
            TestTrafficRoute: pair,
            TargetGroups: [{ Name: Match.anyValue() }, { Name: Match.anyValue() }],
          },
        ],
      },
    });
  });

  test('watches all its alarms, which are plain metric alarms and not more than CodeDeploy takes', () => {
    const alarms = Object.entries(delivery.findResources('AWS::CloudWatch::Alarm')).flatMap(([id, alarm]) =>
      alarm['Properties'].MetricName === 'BurnRate' ? [] : [id],
    );
    expect(alarms.length).toBeLessThanOrEqual(10);
    delivery.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AlarmConfiguration: {
        Enabled: true,
        IgnorePollAlarmFailure: false,
        Alarms: alarms.map((id) => ({ Name: { Ref: id } })),
      },
    });
  });

  test('takes silence for no evidence in every alarm, and says where to read what to do', () => {
    delivery.allResourcesProperties('AWS::CloudWatch::Alarm', {
      TreatMissingData: 'notBreaching',
      AlarmDescription: Match.stringLikeRegexp('What to do: docs/runbook\\.md#[a-z-]+$'),
    });
  });

  test('judges the errors of a colour by their share, once there are enough requests to have one', () => {
    delivery.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'understudy-local-backstage-a-errors',
      Threshold: 5,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(requests >= 20, 100 * FILL(errors, 0) / requests, 0)' }),
      ]),
    });
  });

  test('lets a task fail its health checks for as long as a start may take', () => {
    delivery.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'understudy-local-backstage-b-unhealthy',
      MetricName: 'UnHealthyHostCount',
      EvaluationPeriods: 4,
      DatapointsToAlarm: 4,
    });
  });

  test('judges latency by the slowest answer in a hundred', () => {
    delivery.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'understudy-local-backstage-b-latency',
      ExtendedStatistic: 'p99',
      Threshold: 5,
    });
  });

  test('has a timed canary of its own for each policy, renamed when its timing changes', () => {
    delivery.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
      DeploymentConfigName: 'understudy-local-backstage-feature-10-2',
      ComputePlatform: 'ECS',
      TrafficRoutingConfig: {
        Type: 'TimeBasedCanary',
        TimeBasedCanary: { CanaryPercentage: 10, CanaryInterval: 2 },
      },
    });
    delivery.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
      DeploymentConfigName: 'understudy-local-backstage-hotfix-20-1',
    });
  });

  test('acts with a role that may pass on only the roles of the tasks', () => {
    delivery.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: 'iam:PassRole',
            Effect: 'Allow',
            Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
            Resource: [
              { 'Fn::Join': ['', Match.arrayWith([':role/understudy-local-backstage-execution'])] },
              { 'Fn::Join': ['', Match.arrayWith([':role/understudy-local-backstage-task'])] },
            ],
          },
        ]),
      },
    });
  });
});

describe('scaling', () => {
  test('holds the number of tasks, which the frozen service leaves open', () => {
    delivery.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      ResourceId: 'service/understudy-local/backstage',
      MinCapacity: 1,
      MaxCapacity: 2,
    });
  });
});

describe('the description in SSM', () => {
  test.each(environmentNamesAllowed)('of %s is what the workflow reads', (name) => {
    const config = environmentConfig(name);
    const parameters = template(config.name, 'backstage-delivery').findResources('AWS::SSM::Parameter');
    const [parameter] = Object.values(parameters);
    expect(parameter?.['Properties'].Name).toBe(`/understudy/${name}/services/backstage/description`);
    const description = serviceDescriptionSchema.parse(JSON.parse(joined(parameter?.['Properties'].Value)));
    expect(description).toMatchObject({
      service: 'backstage',
      cluster: `understudy-${name}`,
      loadBalancer: { scheme: name === 'local' ? 'http' : 'https' },
      observation: config.services['backstage']?.observation,
    });
    expect(description.alarms).toHaveLength(8);
    expect(description.database).toEqual({ instance: `understudy-${name}`, snapshots: 10 });
    expect(Object.values(description.schemaTool ?? {})).not.toContain(null);
    expect(Object.values(description.schemaTool?.scratchEnvironment ?? {})).toContain('{scratch}');
  });
});
