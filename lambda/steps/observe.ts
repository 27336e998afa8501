import { alarmStates } from '../aws/cloudwatch.ts';
import * as codedeploy from '../aws/codedeploy.ts';
import * as ecs from '../aws/ecs.ts';
import { ruleWeights } from '../aws/elb.ts';
import { putEvent } from '../aws/notifications.ts';
import { crashLoop } from '../domain/green-tasks.ts';
import { startedBy } from '../domain/identifiers.ts';
import { lookInterval, withLook } from '../domain/observation.ts';
import { type Release, type ShiftedRelease, shiftedReleaseSchema } from '../domain/release.ts';
import { percentOf } from '../domain/serving.ts';
import { isPast, secondsBetween } from '../domain/time.ts';
import { fail, firing, pass, type Verdict } from '../domain/verdict.ts';
import { type Looked, lookBeforeTraffic, lookUnderTraffic } from './look.ts';
import { fence, step } from './step.ts';

/** Longest time between two looks while users cannot reach green, in seconds. */
const quickLook = 10;

/** Looks past the end of the bake in which an inconclusive verdict may still turn. */
const looksOfGrace = 5;

/**
 * One look at the deployment: probes, metrics, alarms, and a verdict. Before users' traffic a pass
 * lets green's share of it in; at the end of the bake a pass ends the observation. What stays
 * inconclusive until its deadline fails.
 */
export const handler = step('Observe', shiftedReleaseSchema, async (release, { now }) => {
  const { status, error } = await codedeploy.getDeployment(release.deployment.id);
  if (status === 'Failed' || status === 'Stopped') {
    return decide(release, fail(`CodeDeploy ended the deployment as ${status}. ${error}`), now);
  }
  if (status === 'Succeeded') {
    return decide(release, pass('CodeDeploy completed the deployment before the bake was over.'), now);
  }
  const { productionRule } = release.description.loadBalancer;
  const greenPercent = percentOf(await ruleWeights(productionRule), release.deployment.greenTargetGroup);
  if (release.deployment.continuedAt !== null || greenPercent > 0) return observeTraffic(release, greenPercent, now);
  return status === 'Ready' ? judgeGreen(release, now) : prepare(release, now);
});

/** Green's tasks are starting. */
async function prepare(release: ShiftedRelease, now: string): Promise<Release> {
  const { cluster, ecsService, deadlines } = release.description;
  const loud = firing(await alarmStates(release.deployment.alarms));
  if (loud.length > 0) return decide(release, fail(`Alarm in ALARM: ${loud.join(', ')}.`), now);
  const stopped = await ecs.stoppedServiceTasks(cluster, ecsService);
  const tasks = await ecs.describeTasks(cluster, stopped.slice(0, 100), release.shape.container);
  const crash = crashLoop(tasks, release.revision, startedBy(release.id));
  if (crash !== null) return decide(release, fail(crash), now);
  if (isPast(release.deployment.createdAt, deadlines.readySeconds, now)) {
    return decide(release, fail(`Green was not healthy within ${deadlines.readySeconds} s.`), now);
  }
  return again(release, Math.min(quickLook, release.description.observation.intervalSeconds));
}

/** Green is healthy, and only the test listener reaches it. */
async function judgeGreen(release: ShiftedRelease, now: string): Promise<Release> {
  const looked = await lookBeforeTraffic(release, now);
  const seen = remember(release, looked);
  if (looked.verdict.verdict === 'fail') return decide(seen, looked.verdict, now);
  if (looked.verdict.verdict === 'pass') {
    await fence(seen);
    const continued = await codedeploy.continueDeployment(release.deployment.id, 'READY_WAIT');
    const deployment = { ...seen.deployment, continuedAt: continued ? now : null };
    return again({ ...seen, deployment }, release.description.observation.intervalSeconds);
  }
  const { readySeconds } = release.description.deadlines;
  if (isPast(release.deployment.createdAt, readySeconds, now)) {
    return decide(seen, outOfTime(looked.verdict, `${readySeconds} s for green to be judged`), now);
  }
  return again(seen, Math.min(quickLook, release.description.observation.intervalSeconds));
}

/** Users reach green, or will with the next step of the shift. */
async function observeTraffic(before: ShiftedRelease, greenPercent: number, now: string): Promise<Release> {
  const { deadlines, observation, policies } = before.description;
  const continuedAt = before.deployment.continuedAt ?? now;
  const bakingSince = before.deployment.bakingSince ?? (greenPercent === 100 ? now : null);
  const release = { ...before, deployment: { ...before.deployment, continuedAt, bakingSince } };

  const looked = await lookUnderTraffic(release, greenPercent, now);
  const seen = remember(release, looked);
  if (looked.verdict.verdict !== 'inconclusive') return decide(seen, looked.verdict, now);
  if (bakingSince === null && isPast(continuedAt, deadlines.shiftSeconds, now)) {
    return decide(seen, outOfTime(looked.verdict, `${deadlines.shiftSeconds} s for the shift`), now);
  }
  const bakeSeconds = policies[before.request.policy].bakeSeconds;
  const interval = lookInterval(
    observation.intervalSeconds,
    bakingSince === null ? 0 : secondsBetween(bakingSince, now),
  );
  if (bakingSince !== null && isPast(bakingSince, bakeSeconds + looksOfGrace * interval, now)) {
    return decide(seen, outOfTime(looked.verdict, `${bakeSeconds} s of the bake`), now);
  }
  return again(seen, interval);
}

function remember(release: ShiftedRelease, { look, before }: Looked): ShiftedRelease {
  return { ...release, observation: { ...withLook(release.observation, look), before } };
}

function outOfTime(verdict: Verdict, what: string): Verdict {
  return fail(`No verdict within the ${what}: ${verdict.reasons.join(' ')}`);
}

function again(release: ShiftedRelease, seconds: number): Release {
  return { ...release, wait: { seconds, resume: 'Observe' } };
}

async function decide(release: ShiftedRelease, verdict: Verdict, now: string): Promise<Release> {
  if (verdict.verdict === 'inconclusive') return again(release, quickLook);
  const decided: Release = {
    ...release,
    decision: { at: now, verdict: verdict.verdict, reasons: [...verdict.reasons] },
    state: { name: 'Observe', at: now },
  };
  await putEvent('Release decided', decided);
  return decided;
}
