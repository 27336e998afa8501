import { allSuspended, suspend } from '../aws/autoscaling.ts';
import { alarmStates } from '../aws/cloudwatch.ts';
import * as codedeploy from '../aws/codedeploy.ts';
import { appSpec } from '../domain/appspec.ts';
import { deploymentDescription } from '../domain/identifiers.ts';
import { type RegisteredRelease, registeredReleaseSchema } from '../domain/release.ts';
import { otherTargetGroup } from '../domain/serving.ts';
import { firing } from '../domain/verdict.ts';
import { fence, step } from './step.ts';

/** Suspends autoscaling and has CodeDeploy start the new version beside the one that serves. */
export const handler = step('Shift', registeredReleaseSchema, async (release, { now }) => {
  const { description, blue, request } = release;
  await suspendScaling(release);
  const alarms = await alarmsToHeed(release);
  const id = (await findOwn(release)) ?? (await create(release, alarms));
  return {
    ...release,
    deployment: {
      id,
      createdAt: now,
      config: description.policies[request.policy].deploymentConfig,
      alarms,
      greenTargetGroup: otherTargetGroup(description.loadBalancer.targetGroups, blue.targetGroup),
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
 * The group's alarms. A hotfix goes ahead while some of them fire, for it is what will silence them:
 * those that fire now do not count for it.
 */
async function alarmsToHeed({ description, request }: RegisteredRelease): Promise<string[]> {
  if (request.policy !== 'hotfix') return description.alarms;
  const loud = firing(await alarmStates(description.alarms));
  return description.alarms.filter((name) => !loud.includes(name));
}

function findOwn(release: RegisteredRelease): Promise<string | null> {
  return codedeploy.findDeployment(release.description.codeDeploy, deploymentDescription(release.id), release.openedAt);
}

async function create(release: RegisteredRelease, alarms: readonly string[]): Promise<string> {
  const { description, request } = release;
  await fence(release);
  return codedeploy.createDeployment({
    ...description.codeDeploy,
    appSpec: appSpec(release.shape, release.revision),
    config: description.policies[request.policy].deploymentConfig,
    description: deploymentDescription(release.id),
    ...(alarms.length < description.alarms.length && { alarms }),
  });
}
