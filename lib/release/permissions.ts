import type { Grant } from './grant.ts';
import type { Resources } from './resources.ts';
import type { FunctionName } from './steps.ts';

/** What of the release stack itself the steps work with. */
export interface OwnResources {
  readonly ledger: string;
  readonly topic: string;
  readonly topicKey: string;
}

const unlimitable = 'The action cannot be limited to a resource.';
const descriptionsUnlimitable = 'Descriptions cannot be limited to a resource.';

/**
 * What each step may do. Resource types by action:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function permissions(to: Resources, own: OwnResources): Record<FunctionName, Grant[]> {
  const ledger: Grant = { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [own.ledger] };
  const lock: Grant = { actions: ['dynamodb:UpdateItem'], resources: [own.ledger] };
  const event: Grant = { actions: ['events:PutEvents'], resources: [to.eventBus] };

  const describeServices: Grant = { actions: ['ecs:DescribeServices'], resources: to.ecsServices };
  const describeRevisions: Grant = {
    actions: ['ecs:DescribeTaskDefinition'],
    resources: ['*'],
    why: descriptionsUnlimitable,
  };
  const passTaskRoles: Grant = {
    actions: ['iam:PassRole'],
    resources: to.taskRoles,
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  };
  const ownTasks: Grant = {
    actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
    resources: [to.tasks],
    why: 'ECS chooses the names of tasks.',
  };
  const runTasks: Grant[] = [
    {
      actions: ['ecs:RunTask'],
      resources: to.revisions,
      conditions: { ArnEquals: { 'ecs:cluster': to.clusterArn } },
      why: 'Each release registers a revision, and the live one is run too.',
    },
    passTaskRoles,
    ownTasks,
  ];
  const listTasks: Grant = {
    actions: ['ecs:ListTasks'],
    resources: ['*'],
    conditions: { ArnEquals: { 'ecs:cluster': to.clusterArn } },
    why: 'The resource of ListTasks is a container instance, which Fargate does not have; the condition names the cluster.',
  };
  const readLog: Grant = {
    actions: ['logs:GetLogEvents'],
    resources: to.logStreams,
    why: "A stream is named after its task, and ECS chooses tasks' names.",
  };
  const probe: Grant[] = [
    { actions: ['lambda:InvokeFunction'], resources: [to.prober] },
    {
      actions: ['secretsmanager:GetSecretValue'],
      resources: [to.proberToken],
      why: "Secrets Manager ends each secret's ARN in six characters of its own.",
    },
  ];
  const alarms: Grant = {
    actions: ['cloudwatch:DescribeAlarms'],
    resources: [to.alarms],
    why: 'CloudWatch asks for the permission on all alarms, whichever names the call gives.',
  };
  const loadBalancer = (...actions: string[]): Grant => ({ actions, resources: ['*'], why: descriptionsUnlimitable });
  const deployments = (...actions: string[]): Grant => ({ actions, resources: to.deploymentGroups });
  const getDeployment = deployments('codedeploy:GetDeployment');
  const findDeployment = deployments('codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments');
  const steer = (action: 'ContinueDeployment' | 'StopDeployment'): Grant => ({
    actions: [`codedeploy:${action}`],
    resources: ['*'],
    why: unlimitable,
  });
  const describeScaling: Grant = {
    actions: ['application-autoscaling:DescribeScalableTargets'],
    resources: ['*'],
    why: unlimitable,
  };
  const suspendScaling: Grant = {
    actions: ['application-autoscaling:RegisterScalableTarget'],
    resources: [to.scalableTargets],
    conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
    why: "Application Auto Scaling chooses the scalable targets' names.",
  };

  const schemaTool = [ledger, ...runTasks, describeRevisions, readLog];
  const offTrafficCheck = [ledger, ...runTasks, ...probe];
  const passRehearsalRoles: Grant = { ...passTaskRoles, resources: to.rehearsalRoles };
  const named = 'A snapshot is named after its release.';
  const describeExecutions: Grant = {
    actions: ['states:DescribeExecution'],
    resources: to.executions,
    why: 'The holder of a lock may be any earlier execution.',
  };
  return {
    'Open-Rollback': [
      ledger,
      { actions: ['dynamodb:Query'], resources: [own.ledger] },
      lock,
      event,
      { actions: ['ssm:GetParameters'], resources: to.parameters },
      { actions: ['ecr:DescribeImages'], resources: to.repositories },
      describeExecutions,
      deployments('codedeploy:ListDeployments'),
      describeServices,
      describeRevisions,
      describeScaling,
      loadBalancer('elasticloadbalancing:DescribeRules'),
    ],
    Open: [
      ledger,
      lock,
      event,
      { actions: ['ssm:GetParameters'], resources: [...to.parameters, to.freezeCalendar] },
      { actions: ['ecr:DescribeImages'], resources: to.repositories },
      describeExecutions,
      deployments('codedeploy:ListDeployments'),
      describeServices,
      describeRevisions,
      describeScaling,
      loadBalancer('elasticloadbalancing:DescribeRules'),
      loadBalancer('cloudwatch:GetMetricData'),
      alarms,
    ],
    Register: [
      ledger,
      describeRevisions,
      { actions: ['ecs:ListTaskDefinitions'], resources: ['*'], why: unlimitable },
      {
        actions: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
        resources: to.revisions,
        why: 'ECS numbers the revisions.',
      },
      passTaskRoles,
    ],
    Plan: schemaTool,
    Rehearse: [...offTrafficCheck, passRehearsalRoles, describeRevisions, readLog],
    Snapshot: [
      ledger,
      { actions: ['rds:CreateDBSnapshot'], resources: [to.database, to.snapshots], why: named },
      { actions: ['rds:AddTagsToResource', 'rds:DeleteDBSnapshot'], resources: [to.snapshots], why: named },
      {
        actions: ['rds:DescribeDBSnapshots'],
        resources: [to.database, to.allSnapshots],
        why: 'Old ones are found by listing all of the instance.',
      },
    ],
    Migrate: schemaTool,
    Shift: [
      ledger,
      suspendScaling,
      alarms,
      findDeployment,
      // A hotfix overrides the group's alarms, for which CodeDeploy asks for the right to change the group:
      // https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
      deployments('codedeploy:CreateDeployment', 'codedeploy:UpdateDeploymentGroup'),
      {
        actions: ['codedeploy:RegisterApplicationRevision', 'codedeploy:GetApplicationRevision'],
        resources: to.codeDeployApplications,
      },
      {
        actions: ['codedeploy:GetDeploymentConfig'],
        resources: to.deploymentConfigs,
        why: "A configuration's name ends in its timing, which the service's stack decides.",
      },
    ],
    Observe: [
      ledger,
      event,
      getDeployment,
      steer('ContinueDeployment'),
      loadBalancer('elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'),
      loadBalancer('ec2:DescribeNetworkInterfaces'),
      loadBalancer('cloudwatch:GetMetricData'),
      listTasks,
      { ...ownTasks, actions: ['ecs:DescribeTasks'] },
      alarms,
      ...probe,
    ],
    Promote: [ledger, getDeployment, steer('ContinueDeployment'), alarms],
    Retreat: [
      ledger,
      findDeployment,
      getDeployment,
      steer('StopDeployment'),
      describeServices,
      loadBalancer('elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'),
    ],
    Mend: [...schemaTool, listTasks],
    Verify: offTrafficCheck,
    Close: [
      ledger,
      lock,
      event,
      listTasks,
      // A scratch copy that the rehearsal could not drop itself.
      ...runTasks,
      passRehearsalRoles,
      suspendScaling,
      { actions: ['ecr:BatchGetImage', 'ecr:PutImage'], resources: to.repositories },
      { actions: ['sns:Publish'], resources: [own.topic] },
      { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [own.topicKey] },
    ],
  };
}
