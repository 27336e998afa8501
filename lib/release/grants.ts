import { eventSource } from '../../lambda/domain/names.ts';
import type { Grant } from './grant.ts';
import type { Resources } from './resources.ts';

/** What of the release stack itself the steps work with. */
export interface OwnResources {
  readonly ledger: string;
  readonly topic: string;
  readonly topicKey: string;
}

export const unlimitable = 'The action cannot be limited to a resource.';
const descriptionsUnlimitable = 'Descriptions cannot be limited to a resource.';

/**
 * What several steps may do, by name, and what they may do it to. Resource types by action:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function grants(to: Resources, own: OwnResources) {
  const ledger: Grant = { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [own.ledger] };
  const lock: Grant = { actions: ['dynamodb:UpdateItem'], resources: [own.ledger] };
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
  const event: Grant = {
    actions: ['events:PutEvents'],
    resources: [to.eventBus],
    conditions: { StringEquals: { 'events:source': eventSource } },
  };

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
  // Application Auto Scaling tries out, with its caller's rights, whether they would do for scaling: it changes nothing
  // of the service, and calls PutMetricAlarm and DeleteAlarms for no alarm at all.
  // https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
  const suspendScaling: Grant[] = [
    {
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: [to.scalableTargets],
      conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
      why: "Application Auto Scaling chooses the scalable targets' names.",
    },
    { actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: to.ecsServices },
    alarms,
    { actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'], resources: [to.noAlarm] },
  ];

  const schemaTool = [...runTasks, describeRevisions, readLog];
  const offTrafficCheck = [...runTasks, ...probe];
  const passRehearsalRoles: Grant = { ...passTaskRoles, resources: to.rehearsalRoles };
  const describeExecutions: Grant = {
    actions: ['states:DescribeExecution'],
    resources: to.executions,
    why: 'The holder of a lock may be any earlier execution.',
  };
  /** What both machines' first states read before they let anything in. */
  const opening: Grant[] = [
    lock,
    { actions: ['ecr:DescribeImages'], resources: to.repositories },
    describeExecutions,
    deployments('codedeploy:ListDeployments'),
    describeServices,
    describeRevisions,
    describeScaling,
    loadBalancer('elasticloadbalancing:DescribeRules'),
  ];
  const named = 'A snapshot is named after its release.';
  const takeSnapshots: Grant[] = [
    { actions: ['rds:CreateDBSnapshot'], resources: [to.database, to.snapshots], why: named },
    { actions: ['rds:AddTagsToResource', 'rds:DeleteDBSnapshot'], resources: [to.snapshots], why: named },
    {
      actions: ['rds:DescribeDBSnapshots'],
      resources: [to.database, to.allSnapshots],
      why: 'Old ones are found by listing all of the instance.',
    },
  ];
  const createDeployment: Grant[] = [
    // A hotfix or a rollback overrides the group's alarms, for which CodeDeploy asks for the right to change the group:
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
  ];
  return {
    to,
    own,
    everyStep: [ledger, event],
    lock,
    opening,
    describeServices,
    describeRevisions,
    passTaskRoles,
    ownTasks,
    runTasks,
    listTasks,
    readLog,
    probe,
    alarms,
    loadBalancer,
    getDeployment,
    findDeployment,
    createDeployment,
    steer,
    suspendScaling,
    schemaTool,
    offTrafficCheck,
    passRehearsalRoles,
    takeSnapshots,
  };
}

export type Grants = ReturnType<typeof grants>;
