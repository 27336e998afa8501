import { Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnApplication, CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import { marginMinutes, retentionSeconds } from '../config/timing.ts';
import { acknowledge } from '../nag.ts';
import { alarmsOfDeploymentGroup } from './alarms.ts';
import type { FrozenStack } from './frozen-stack.ts';
import { type ServiceStackProps, serviceConfig } from './service-props.ts';

export interface DeploymentGroupProps extends ServiceStackProps {
  readonly frozen: FrozenStack;
  readonly alarms: readonly Alarm[];
  readonly deploymentConfig: string;
}

/**
 * The CodeDeploy application and group that shift a service's traffic. Green waits on the test
 * listener until the workflow lets it pass; left alone, the deployment stops and rolls back. Blue is
 * kept until the workflow ends the termination wait.
 *
 * L1, because the group then holds exactly what stands here
 * (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html).
 */
export class DeploymentGroup extends Construct {
  readonly application: CfnApplication;
  readonly group: CfnDeploymentGroup;

  constructor(scope: Construct, id: string, props: DeploymentGroupProps) {
    super(scope, id);
    const { frozen, platform, config, service } = props;
    if (props.alarms.length > alarmsOfDeploymentGroup) {
      throw new Error(
        `${service} has ${props.alarms.length} alarms; a deployment group takes ${alarmsOfDeploymentGroup}.`,
      );
    }
    const { deadlines, policies } = serviceConfig(props);
    const { family } = serviceNames(config.name, service);

    this.application = new CfnApplication(this, 'Application', { applicationName: family, computePlatform: 'ECS' });
    this.group = new CfnDeploymentGroup(this, 'Group', {
      applicationName: this.application.ref,
      deploymentGroupName: family,
      serviceRoleArn: this.serviceRole(props).roleArn,
      deploymentConfigName: props.deploymentConfig,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ecsServices: [{ clusterName: environmentNames(config.name).cluster, serviceName: frozen.service.attrName }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            prodTrafficRoute: { listenerArns: [platform.productionListener.listenerArn] },
            testTrafficRoute: { listenerArns: [platform.testListener.listenerArn] },
            targetGroups: [
              { name: frozen.targetGroups.a.attrTargetGroupName },
              { name: frozen.targetGroups.b.attrTargetGroupName },
            ],
          },
        ],
      },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: {
          actionOnTimeout: 'STOP_DEPLOYMENT',
          waitTimeInMinutes: Math.ceil((deadlines.readySeconds + deadlines.approvalSeconds) / 60) + marginMinutes,
        },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: 'TERMINATE',
          terminationWaitTimeInMinutes: retentionSeconds(policies) / 60,
        },
      },
      alarmConfiguration: {
        enabled: true,
        ignorePollAlarmFailure: false,
        alarms: props.alarms.map((alarm) => ({ name: alarm.alarmName })),
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
  }

  /**
   * What AWSCodeDeployRoleForECS allows, for this service alone and without hooks, topics and buckets
   * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html).
   */
  private serviceRole({ frozen, platform, config, service }: DeploymentGroupProps): Role {
    const stack = Stack.of(this);
    const { cluster } = environmentNames(config.name);
    const { family } = serviceNames(config.name, service);
    const arn = (type: string, name: string) =>
      stack.formatArn({ service: 'ecs', resource: type, resourceName: `${cluster}/${name}` });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    const allow = (actions: string[], resources: string[], conditions = {}) =>
      role.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions }));

    allow(['ecs:DescribeServices', 'ecs:UpdateServicePrimaryTaskSet'], [arn('service', service)]);
    const taskSets = arn('task-set', `${service}/*`);
    allow(['ecs:CreateTaskSet', 'ecs:DeleteTaskSet'], [arn('service', service), taskSets]);
    allow(
      ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
      [
        platform.productionListener.listenerArn,
        platform.testListener.listenerArn,
        frozen.productionRule.ref,
        frozen.testRule.ref,
      ],
    );
    allow(
      [
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeRules',
        'cloudwatch:DescribeAlarms',
      ],
      ['*'],
    );
    allow(
      ['iam:PassRole'],
      ['execution', 'task'].map((kind) =>
        stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `${family}-${kind}` }),
      ),
      { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    );
    acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'These descriptions cannot be limited to a resource.');
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::arn:aws:ecs:${config.region}:<AWS::AccountId>:task-set/${cluster}/${service}/*]`,
      'CodeDeploy makes a task set of this service for each release; ECS chooses its name.',
    );
    return role;
  }
}
