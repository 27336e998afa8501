import type {
  BatchGetDeploymentsCommandInput,
  ContinueDeploymentCommandInput,
  CreateDeploymentCommandInput,
  GetDeploymentCommandInput,
  GetDeploymentGroupCommandInput,
  GetDeploymentTargetCommandInput,
  ListDeploymentsCommandInput,
  ListDeploymentTargetsCommandInput,
  StopDeploymentCommandInput,
} from '@aws-sdk/client-codedeploy';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { CodeDeploy } from './codedeploy.ts';
import { describeDeployment, describeTarget, targetId } from './describe.ts';

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html */
export function codeDeployOperations(model: CodeDeploy) {
  return {
    CreateDeployment: (input: CreateDeploymentCommandInput) => createDeployment(model, input),
    GetDeployment: ({ deploymentId }: GetDeploymentCommandInput) => ({
      deploymentInfo: describeDeployment(model.deployment(deploymentId)),
    }),
    BatchGetDeployments: ({ deploymentIds }: BatchGetDeploymentsCommandInput) => ({
      deploymentsInfo: (deploymentIds ?? []).map((id) => describeDeployment(model.deployment(id))),
    }),
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
    alarms: alarms && (alarms.enabled === false ? [] : (alarms.alarms ?? []).map(({ name }) => name ?? '')),
    rollbackOn: rollback && (rollback.enabled === false ? [] : (rollback.events ?? [])),
  });
  return { deploymentId: deployment.options.id };
}

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
  return { deployments: deployments.map(({ options }) => options.id) };
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
      alarmConfiguration: { enabled: group.alarms.length > 0, alarms: group.alarms.map((name) => ({ name })) },
      autoRollbackConfiguration: { enabled: group.rollbackOn.length > 0, events: [...group.rollbackOn] },
    },
  };
}
