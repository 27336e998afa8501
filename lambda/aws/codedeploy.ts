import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  type DeploymentStatus,
  type DeploymentWaitType,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { isNamed, Transient } from './errors.ts';

const client = new CodeDeployClient({});

export interface DeploymentGroup {
  readonly application: string;
  readonly deploymentGroup: string;
}

export interface DeploymentView {
  readonly status: DeploymentStatus;
  /** What CodeDeploy says went wrong; empty when nothing did. */
  readonly error: string;
  /** The deployment that takes this one back, where there is one. */
  readonly rollbackId: string | null;
}

/**
 * The newest deployment of the group, created since then, with this description; null when there is
 * none. CreateDeployment knows no client token, so that this is how a step that is run again finds
 * what it created.
 */
export async function findDeployment(
  group: DeploymentGroup,
  description: string,
  since: string,
): Promise<string | null> {
  const { deployments } = await client.send(
    new ListDeploymentsCommand({
      applicationName: group.application,
      deploymentGroupName: group.deploymentGroup,
      createTimeRange: { start: new Date(since) },
    }),
  );
  // BatchGetDeployments takes 25 ids: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html
  const ids = (deployments ?? []).slice(0, 25);
  if (ids.length === 0) return null;
  const { deploymentsInfo } = await client.send(new BatchGetDeploymentsCommand({ deploymentIds: ids }));
  return deploymentsInfo?.find((each) => each.description === description)?.deploymentId ?? null;
}

/** The group's deployment that is not over yet; CodeDeploy lets there be one. Null when there is none. */
export async function activeDeployment(group: DeploymentGroup): Promise<string | null> {
  const { deployments } = await client.send(
    new ListDeploymentsCommand({
      applicationName: group.application,
      deploymentGroupName: group.deploymentGroup,
      includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
    }),
  );
  return deployments?.[0] ?? null;
}

export interface NewDeployment extends DeploymentGroup {
  readonly appSpec: string;
  readonly config: string;
  readonly description: string;
  /** Alarms in place of the group's. */
  readonly alarms?: readonly string[];
}

export async function createDeployment(deployment: NewDeployment): Promise<string> {
  const { deploymentId } = await client.send(
    new CreateDeploymentCommand({
      applicationName: deployment.application,
      deploymentGroupName: deployment.deploymentGroup,
      deploymentConfigName: deployment.config,
      description: deployment.description,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: deployment.appSpec } },
      ...(deployment.alarms && {
        overrideAlarmConfiguration: {
          enabled: deployment.alarms.length > 0,
          alarms: deployment.alarms.map((name) => ({ name })),
        },
      }),
    }),
  );
  if (deploymentId === undefined) throw new Transient('CreateDeployment answered without an id.');
  return deploymentId;
}

export async function getDeployment(deploymentId: string): Promise<DeploymentView> {
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
  if (deploymentInfo?.status === undefined) throw new Transient(`GetDeployment gave no status for ${deploymentId}.`);
  const error = deploymentInfo.errorInformation;
  return {
    status: deploymentInfo.status,
    error: error ? `${error.code}: ${error.message}` : '',
    rollbackId: deploymentInfo.rollbackInfo?.rollbackDeploymentId ?? null,
  };
}

/** Ends one of the deployment's two waits. False when it is not in that wait: look again later. */
export async function continueDeployment(deploymentId: string, wait: DeploymentWaitType): Promise<boolean> {
  try {
    await client.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: wait }));
    return true;
  } catch (error) {
    if (isNamed(error, 'DeploymentIsNotInReadyStateException', 'DeploymentAlreadyCompletedException')) return false;
    throw error;
  }
}

/** Stops the deployment and has it rolled back. One that has ended meanwhile is no error. */
export async function stopDeployment(deploymentId: string): Promise<void> {
  try {
    await client.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
  } catch (error) {
    if (!isNamed(error, 'DeploymentAlreadyCompletedException')) throw error;
  }
}
