import { allSuspended, suspend } from '../aws/autoscaling.ts';
import { alarmStates } from '../aws/cloudwatch.ts';
import * as codedeploy from '../aws/codedeploy.ts';
import { isNamed } from '../aws/errors.ts';
import { appSpec } from '../domain/appspec.ts';
import { deploymentDescription } from '../domain/identifiers.ts';
import { mutedFor } from '../domain/muted-alarms.ts';
import { type Deployment, type RegisteredRelease, registeredReleaseSchema } from '../domain/release.ts';
import { otherTargetGroup } from '../domain/serving.ts';
import { fence, step } from './step.ts';

/** Suspends autoscaling and has CodeDeploy start the new version beside the one that serves. */
export const handler = step('Shift', registeredReleaseSchema, async (release, { now }) => {
  const { description, blue, request } = release;
  await suspendScaling(release);
  const { alarms, muted } = await sortAlarms(release);
  const id = (await findOwn(release)) ?? (await create(release, alarms));
  return {
    ...release,
    deployment: {
      id,
      createdAt: now,
      config: description.policies[request.policy].deploymentConfig,
      alarms,
      muted,
      greenTargetGroup: otherTargetGroup(description.loadBalancer.targetGroups, blue.targetGroup),
      judgedAt: null,
      continuedAt: null,
      bakingSince: null,
    },
  };
});

/**
 * CodeDeploy fails a deployment during which the service is scaled in, and Close puts back what was
 * before (https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html).
 */
async function suspendScaling(release: RegisteredRelease): Promise<void> {
  if (release.scaling === null) return;
  await fence(release);
  await suspend(release.description.cluster, release.description.ecsService, allSuspended);
}

/**
 * Which of the group's alarms count. Those that fire now over green's target group speak of the version that was
 * there before. A hotfix and a rollback go ahead whatever fires, for they are what will silence it.
 */
async function sortAlarms({
  description,
  blue,
  request,
}: RegisteredRelease): Promise<Pick<Deployment, 'alarms' | 'muted'>> {
  const green = otherTargetGroup(description.loadBalancer.targetGroups, blue.targetGroup);
  const muted = mutedFor(request.policy, await alarmStates(description.alarms), green);
  return { alarms: description.alarms.filter((name) => !muted.includes(name)), muted };
}

function findOwn(release: RegisteredRelease): Promise<string | null> {
  return codedeploy.findDeployment(release.description.codeDeploy, deploymentDescription(release.id), release.openedAt);
}

async function create(release: RegisteredRelease, alarms: readonly string[]): Promise<string> {
  const { description, request } = release;
  await fence(release);
  try {
    return await codedeploy.createDeployment({
      ...description.codeDeploy,
      appSpec: appSpec(release.shape, release.revision),
      config: description.policies[request.policy].deploymentConfig,
      description: deploymentDescription(release.id),
      ...(alarms.length < description.alarms.length && { alarms }),
    });
  } catch (error) {
    // When the creation's answer was lost, the client's second try meets the deployment of the first.
    const own = isNamed(error, 'DeploymentLimitExceededException') ? await findOwn(release) : null;
    if (own === null) throw error;
    return own;
  }
}
