import type { DeploymentInfo, DeploymentTarget, ECSTaskSet } from '@aws-sdk/client-codedeploy';
import { arn } from '../aws/arn.ts';
import type { Deployment } from './deployment.ts';
import type { TaskSetView } from './ports.ts';

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html */
export function describeDeployment(deployment: Deployment): DeploymentInfo {
  const { options, status, error, rollbackId, takesBack } = deployment;
  return {
    applicationName: options.group.application,
    deploymentGroupName: options.group.name,
    deploymentConfigName: options.config,
    deploymentId: options.id,
    description: options.description,
    status,
    creator: options.creator,
    computePlatform: 'ECS',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    createTime: new Date(deployment.createdAt),
    startTime: date(deployment.startedAt),
    completeTime: date(deployment.completedAt),
    deploymentOverview: overview(deployment),
    // The model's codes are among those of the API.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    errorInformation: error ? { code: error.code as 'TIMEOUT', message: error.message } : undefined,
    rollbackInfo:
      rollbackId || takesBack
        ? { rollbackDeploymentId: rollbackId ?? undefined, rollbackTriggeringDeploymentId: takesBack ?? undefined }
        : undefined,
  };
}

function overview({ status }: Deployment): DeploymentInfo['deploymentOverview'] {
  const none = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  if (status === 'Created' || status === 'Queued') return { ...none, Pending: 1 };
  return { ...none, [status === 'Stopped' ? 'Skipped' : status]: 1 };
}

/** The one target of an ECS deployment is the service. */
export function targetId({ options }: Deployment): string {
  return `${options.group.service.cluster}:${options.group.service.service}`;
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTarget.html */
export function describeTarget(
  deployment: Deployment,
  trafficWeight: (targetGroup: string) => number,
): DeploymentTarget {
  const { options, lifecycle, status } = deployment;
  const { cluster, service } = options.group.service;
  const sets = [deployment.taskSet(deployment.blueId), deployment.taskSet(deployment.greenId)];
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: options.id,
      targetId: targetId(deployment),
      targetArn: arn('ecs', `service/${cluster}/${service}`),
      status:
        status === 'Created' || status === 'Queued'
          ? 'Pending'
          : status === 'Stopped'
            ? 'Skipped'
            : targetStatus(status),
      lifecycleEvents: lifecycle.events.map((event) => ({
        lifecycleEventName: event.name,
        status: event.status,
        startTime: date(event.startedAt),
        endTime: date(event.endedAt),
      })),
      taskSetsInfo: sets.flatMap((set) => (set ? [describeTaskSet(set, deployment, trafficWeight)] : [])),
    },
  };
}

function targetStatus(status: Deployment['status']): 'Ready' | 'Succeeded' | 'Failed' | 'InProgress' {
  return status === 'Ready' || status === 'Succeeded' || status === 'Failed' ? status : 'InProgress';
}

function describeTaskSet(
  set: TaskSetView,
  deployment: Deployment,
  trafficWeight: (targetGroup: string) => number,
): ECSTaskSet {
  return {
    identifer: set.id,
    status: set.status,
    desiredCount: set.desiredCount,
    pendingCount: set.pendingCount,
    runningCount: set.runningCount,
    trafficWeight: trafficWeight(set.targetGroup),
    targetGroup: { name: set.targetGroup.split('/')[1] },
    taskSetLabel: set.id === deployment.greenId ? 'Green' : 'Blue',
  };
}

const date = (at: number | null): Date | undefined => (at === null ? undefined : new Date(at));
