import type {
  BatchGetDeploymentsCommandInput,
  ContinueDeploymentCommandInput,
  CreateDeploymentCommandInput,
  GetDeploymentCommandInput,
  GetDeploymentGroupCommandInput,
  GetDeploymentTargetCommandInput,
  ListDeploymentGroupsCommandInput,
  ListDeploymentsCommandInput,
  ListDeploymentTargetsCommandInput,
  StopDeploymentCommandInput,
} from '@aws-sdk/client-codedeploy';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { CodeDeploy } from './codedeploy.ts';
import { describeAlarms, describeDeployment, describeTarget, describeWaits, targetId } from './describe.ts';

const pageSize = 100;

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html */
export function codeDeployOperations(model: CodeDeploy) {
  return {
    ListApplications: () => ({ applications: [...new Set(model.groups().map(({ application }) => application))] }),
    ListDeploymentGroups: ({ applicationName }: ListDeploymentGroupsCommandInput) => ({
      applicationName,
      deploymentGroups: model
        .groups()
        .filter(({ application }) => application === applicationName)
        .map(({ name }) => name),
    }),
    CreateDeployment: (input: CreateDeploymentCommandInput) => createDeployment(model, input),
    GetDeployment: ({ deploymentId }: GetDeploymentCommandInput) => ({
      deploymentInfo: describeDeployment(model.deployment(deploymentId)),
    }),
    BatchGetDeployments: (input: BatchGetDeploymentsCommandInput) => batchGetDeployments(model, input),
    ListDeployments: (input: ListDeploymentsCommandInput) => listDeployments(model, input),
    ContinueDeployment: ({ deploymentId, deploymentWaitType }: ContinueDeploymentCommandInput) => {
      model.continue(deploymentId, deploymentWaitType ?? 'READY_WAIT');
      return {};
    },
    StopDeployment: ({ deploymentId, autoRollbackEnabled }: StopDeploymentCommandInput) =>
      model.stop(deploymentId, autoRollbackEnabled)
        ? { status: 'Succeeded', statusMessage: 'No more traffic will be shifted.' }
        : { status: 'Pending', statusMessage: 'The deployment can no longer be stopped; it completes.' },
    ListDeploymentTargets: ({ deploymentId }: ListDeploymentTargetsCommandInput) => ({
      targetIds: [targetId(model.deployment(deploymentId))],
    }),
    GetDeploymentTarget: (input: GetDeploymentTargetCommandInput) => getDeploymentTarget(model, input),
    GetDeploymentGroup: (input: GetDeploymentGroupCommandInput) => getDeploymentGroup(model, input),
  } satisfies Operations;
}

function createDeployment(model: CodeDeploy, input: CreateDeploymentCommandInput) {
  const { overrideAlarmConfiguration: alarms, autoRollbackConfiguration: rollback } = input;
  const deployment = model.create({
    application: input.applicationName ?? '',
    group: input.deploymentGroupName ?? '',
    config: input.deploymentConfigName,
    description: input.description ?? '',
    appSpec: input.revision?.appSpecContent?.content,
    alarms: alarms && {
      names: alarms.enabled === false ? [] : (alarms.alarms ?? []).map(({ name }) => name ?? ''),
      ignorePollFailure: alarms.ignorePollAlarmFailure ?? false,
    },
    rollbackOn: rollback && (rollback.enabled === false ? [] : (rollback.events ?? [])),
  });
  return { deploymentId: deployment.options.id };
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html */
function batchGetDeployments(model: CodeDeploy, { deploymentIds: ids = [] }: BatchGetDeploymentsCommandInput) {
  if (ids.length > 25) {
    throw new ServiceError(
      'BatchLimitExceededException',
      `At most 25 deployments can be described, not ${ids.length}.`,
    );
  }
  return { deploymentsInfo: ids.map((id) => describeDeployment(model.deployment(id))) };
}

/** In pages of a hundred, the newest first; the documentation gives no order. */
function listDeployments(model: CodeDeploy, input: ListDeploymentsCommandInput) {
  const { start, end } = input.createTimeRange ?? {};
  const deployments = model
    .deployments()
    .filter(({ options }) => input.applicationName === undefined || options.group.application === input.applicationName)
    .filter(
      ({ options }) => input.deploymentGroupName === undefined || options.group.name === input.deploymentGroupName,
    )
    .filter(({ status }) => input.includeOnlyStatuses === undefined || input.includeOnlyStatuses.includes(status))
    .filter(({ createdAt }) => start === undefined || createdAt >= start.getTime())
    .filter(({ createdAt }) => end === undefined || createdAt <= end.getTime());
  const ids = deployments.map(({ options }) => options.id);
  const from = Number(input.nextToken ?? 0);
  const to = from + pageSize;
  return { deployments: ids.slice(from, to), nextToken: to < ids.length ? String(to) : undefined };
}

function getDeploymentTarget(model: CodeDeploy, input: GetDeploymentTargetCommandInput) {
  const deployment = model.deployment(input.deploymentId);
  if (input.targetId !== targetId(deployment)) {
    throw new ServiceError(
      'DeploymentTargetDoesNotExistException',
      `The deployment ${input.deploymentId} has no target ${input.targetId}; it has ${targetId(deployment)}.`,
    );
  }
  const { productionListener } = deployment.options.group;
  return {
    deploymentTarget: describeTarget(deployment, (targetGroup) =>
      model.ports.routes.percent(productionListener, targetGroup),
    ),
  };
}

function getDeploymentGroup(model: CodeDeploy, input: GetDeploymentGroupCommandInput) {
  const group = model.group(input.applicationName ?? '', input.deploymentGroupName ?? '');
  return {
    deploymentGroupInfo: {
      applicationName: group.application,
      deploymentGroupName: group.name,
      deploymentConfigName: group.config,
      computePlatform: 'ECS' as const,
      ecsServices: [{ clusterName: group.service.cluster, serviceName: group.service.service }],
      alarmConfiguration: describeAlarms(group.alarms),
      autoRollbackConfiguration: { enabled: group.rollbackOn.length > 0, events: [...group.rollbackOn] },
      blueGreenDeploymentConfiguration: describeWaits(group),
    },
  };
}
