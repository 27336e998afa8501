import type {
  AlarmConfiguration,
  BlueGreenDeploymentConfiguration,
  DeploymentInfo,
  DeploymentTarget,
  ECSTaskSet,
  TargetStatus,
} from '@aws-sdk/client-codedeploy';
import { arn } from '../aws/arn.ts';
import type { AlarmWatch, Deployment } from './deployment.ts';
import type { DeploymentGroup } from './deployment-group.ts';
import type { TaskSetView } from './ports.ts';

/**
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html. "The content property of the
 * appSpecContent object in the returned revision is always null"
 * (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html).
 */
export function describeDeployment(deployment: Deployment): DeploymentInfo {
  const { options, status, error, rollbackId, takesBack, rollbackMessage } = deployment;
  const isRollbackKnown = rollbackId !== null || takesBack !== null || rollbackMessage !== null;
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
    revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: options.sha256 } },
    createTime: new Date(deployment.createdAt),
    startTime: date(deployment.startedAt),
    completeTime: date(deployment.completedAt),
    deploymentOverview: overview(deployment),
    errorInformation: error ?? undefined,
    ...(isRollbackKnown && {
      rollbackInfo: {
        rollbackDeploymentId: rollbackId ?? undefined,
        rollbackTriggeringDeploymentId: takesBack ?? undefined,
        rollbackMessage: rollbackMessage ?? undefined,
      },
    }),
    autoRollbackConfiguration: { enabled: options.rollbackOn.length > 0, events: [...options.rollbackOn] },
    overrideAlarmConfiguration: describeAlarms(options.alarms),
    blueGreenDeploymentConfiguration: describeWaits(options.group),
    // For ECS it stays false while the wait is on (https://github.com/aws/containers-roadmap/issues/269).
    instanceTerminationWaitTimeStarted: false,
  };
}

export function describeAlarms({ names, ignorePollFailure }: AlarmWatch): AlarmConfiguration {
  return {
    enabled: names.length > 0,
    ignorePollAlarmFailure: ignorePollFailure,
    alarms: names.map((name) => ({ name })),
  };
}

export function describeWaits(group: DeploymentGroup): BlueGreenDeploymentConfiguration {
  return {
    deploymentReadyOption:
      group.readyWaitMinutes === null
        ? { actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 0 }
        : { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: group.readyWaitMinutes },
    terminateBlueInstancesOnDeploymentSuccess: {
      action: 'TERMINATE',
      terminationWaitTimeInMinutes: group.terminationWaitMinutes,
    },
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
  const { options, lifecycle } = deployment;
  const { cluster, service } = options.group.service;
  const sets = [deployment.taskSet(deployment.blueId), deployment.taskSet(deployment.greenId)];
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: options.id,
      targetId: targetId(deployment),
      targetArn: arn('ecs', `service/${cluster}/${service}`),
      status: targetStatus(deployment),
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

/**
 * The target has succeeded as soon as all traffic has shifted: "the deployment starts waiting immediately after
 * marking the target status as Succeeded and when the wait is complete the deployment status will be
 * immediately updated" (https://github.com/aws/containers-roadmap/issues/269).
 */
function targetStatus({ status, waitsFor }: Deployment): TargetStatus {
  if (waitsFor === 'TERMINATION_WAIT') return 'Succeeded';
  switch (status) {
    case 'Created':
    case 'Queued':
      return 'Pending';
    case 'Stopped':
      return 'Skipped';
    case 'Ready':
    case 'Succeeded':
    case 'Failed':
    case 'InProgress':
      return status;
    case 'Baking':
    default:
      return 'InProgress';
  }
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
