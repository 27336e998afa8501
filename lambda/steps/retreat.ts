import * as codedeploy from '../aws/codedeploy.ts';
import * as ecs from '../aws/ecs.ts';
import { ruleWeights, targets } from '../aws/elb.ts';
import { deploymentDescription } from '../domain/identifiers.ts';
import { type OpenedRelease, openedReleaseSchema, type Release } from '../domain/release.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { leftOfGreen, notServing } from '../domain/way-back.ts';
import { fence, step } from './step.ts';

type Retreat = NonNullable<Release['retreat']>;

const over = new Set<string>(['Succeeded', 'Failed', 'Stopped']);

/**
 * Has CodeDeploy take the deployment back, and looks until blue really serves everybody: all weight
 * of the production rule, healthy targets, the rollback over, nothing of green left.
 */
export const handler = step('Retreat', openedReleaseSchema, async (release, { now }) => {
  const first = release.retreat === null;
  const retreat: Retreat = release.retreat ?? { startedAt: now, result: null, reason: '' };
  const end = (result: Retreat['result'], reason: string): Release => ({
    ...release,
    retreat: { ...retreat, result, reason },
  });

  const id = release.deployment?.id ?? (await findLost(release));
  if (id === null) {
    // A creation that was never answered may be listed a moment later.
    if (first && release.failures['Shift'] !== undefined) {
      return { ...release, retreat, wait: { seconds: pollInterval(0), resume: 'Retreat' } };
    }
    return end('nothing-moved', 'No deployment had been created: nothing was shifted.');
  }
  const deployment = await codedeploy.getDeployment(id);
  if (deployment.rollbackId !== null) retreat.rollbackId = deployment.rollbackId;
  if (deployment.status === 'Succeeded') {
    return end('too-late', 'CodeDeploy had completed the deployment: the new version serves alone.');
  }
  const problems = over.has(deployment.status)
    ? await openProblems(release, deployment.rollbackId)
    : await takeBack(release, id);
  if (problems.length === 0) return end('restored', 'The old version serves everybody, with healthy tasks.');

  const { retreatSeconds } = release.description.deadlines;
  if (isPast(retreat.startedAt, retreatSeconds, now)) {
    return end(...atDeadline(await servingProblems(release), problems, retreatSeconds));
  }
  const seconds = pollInterval(secondsBetween(retreat.startedAt, now));
  return { ...release, retreat: { ...retreat, reason: problems.join(', ') }, wait: { seconds, resume: 'Retreat' } };
});

/** A deployment whose creation was never answered. */
function findLost(release: OpenedRelease): Promise<string | null> {
  return codedeploy.findDeployment(release.description.codeDeploy, deploymentDescription(release.id), release.openedAt);
}

/** Once the old version has been given up, its tasks are being ended: there is nothing left to go back to. */
async function takeBack(release: OpenedRelease, id: string): Promise<string[]> {
  if (release.promotion?.continued === true) return ["CodeDeploy is ending the old version's tasks"];
  await fence(release);
  await codedeploy.stopDeployment(id);
  return ['the deployment is being stopped'];
}

async function openProblems(release: OpenedRelease, rollbackId: string | null): Promise<string[]> {
  if (rollbackId !== null) {
    const { status } = await codedeploy.getDeployment(rollbackId);
    if (!over.has(status)) return [`the rollback ${rollbackId} is ${status}`];
  }
  const { serving, problems } = await servingProblems(release);
  return [...problems, ...leftOfGreen(release.revision, serving)];
}

async function servingProblems(release: OpenedRelease) {
  const { blue, description } = release;
  const sets = await ecs.taskSets(description.cluster, description.ecsService);
  const serving = {
    weights: await ruleWeights(description.loadBalancer.productionRule),
    targets: await targets(blue.targetGroup),
    taskSets: (sets ?? []).map((each) => each.taskDefinition),
  };
  return { serving, problems: notServing(blue.targetGroup, serving) };
}

/** Blue may serve everybody while something of the deployment hangs: then that is said, and no more. */
function atDeadline(
  { problems }: { readonly problems: readonly string[] },
  open: readonly string[],
  seconds: number,
): [Retreat['result'], string] {
  const left = `after ${seconds} s ${open.join(', ')}.`;
  return problems.length === 0
    ? ['restored', `The old version serves everybody, with healthy tasks; but ${left}`]
    : ['unproven', `${left[0]?.toUpperCase()}${left.slice(1)}`];
}
