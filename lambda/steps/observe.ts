import { alarmStates } from '../aws/cloudwatch.ts';
import * as codedeploy from '../aws/codedeploy.ts';
import * as ecs from '../aws/ecs.ts';
import { ruleWeights } from '../aws/elb.ts';
import { putEvent } from '../aws/notifications.ts';
import { crashLoop } from '../domain/green-tasks.ts';
import { rearmed } from '../domain/muted-alarms.ts';
import { lookInterval, nextLook, withLook } from '../domain/observation.ts';
import { quickLook } from '../domain/probe-budget.ts';
import { type Release, type ShiftedRelease, shiftedReleaseSchema } from '../domain/release.ts';
import { percentOf } from '../domain/serving.ts';
import { isPast, secondsBetween } from '../domain/time.ts';
import { type AlarmReading, fail, firing, type Verdict } from '../domain/verdict.ts';
import { approvalOf, needsApproval } from './approval.ts';
import { type Looked, lookBeforeTraffic, lookUnderTraffic } from './look.ts';
import { greenOf } from './look-at-tasks.ts';
import { fence, step } from './step.ts';

/** Looks past the end of the bake in which an inconclusive verdict may still turn, each a minute apart at most. */
const looksOfGrace = 5;

/** What one look works with: the alarms as they are now. */
interface Now {
  readonly at: string;
  readonly alarms: readonly AlarmReading[];
}

/**
 * One look at the deployment: probes, metrics, alarms, and a verdict. Before users' traffic a pass lets green's
 * share of it in, once a person has approved where one has to; at the end of the bake a pass ends the
 * observation. What stays inconclusive until its deadline fails.
 */
export const handler = step('Observe', shiftedReleaseSchema, async (input, { now: at }) => {
  const { status, error } = await codedeploy.getDeployment(input.deployment.id);
  if (status === 'Failed' || status === 'Stopped') {
    return decide(input, fail(`CodeDeploy ended the deployment as ${status}. ${error}`), at);
  }
  if (status === 'Succeeded') {
    return decide(input, fail('CodeDeploy completed the deployment before there was a verdict.'), at);
  }
  const { alarms, muted } = input.deployment;
  const readings = await alarmStates([...alarms, ...muted]);
  const release = { ...input, deployment: rearmed(input.deployment, readings) };
  const now: Now = { at, alarms: readings.filter(({ name }) => release.deployment.alarms.includes(name)) };
  const { productionRule } = release.description.loadBalancer;
  const greenPercent = percentOf(await ruleWeights(productionRule), release.deployment.greenTargetGroup);
  if (release.deployment.continuedAt !== null || greenPercent > 0) return observeTraffic(release, greenPercent, now);
  return status === 'Ready' ? judgeGreen(release, now) : prepare(release, now);
});

/** Green's tasks are starting. */
async function prepare(release: ShiftedRelease, now: Now): Promise<Release> {
  const { cluster, ecsService, deadlines } = release.description;
  const loud = firing(now.alarms);
  if (loud.length > 0) return decide(release, fail(`Alarm in ALARM: ${loud.join(', ')}.`), now.at);
  const stopped = await ecs.stoppedServiceTasks(cluster, ecsService);
  const tasks = await ecs.describeTasks(cluster, stopped.slice(0, 100), release.shape.container);
  const crash = crashLoop(tasks, greenOf(release));
  if (crash !== null) return decide(release, fail(crash), now.at);
  if (isPast(release.deployment.createdAt, deadlines.readySeconds, now.at)) {
    return decide(release, fail(`Green was not healthy within ${deadlines.readySeconds} s.`), now.at);
  }
  return again(release, quickest(release));
}

/** Green is healthy, and only the test listener reaches it. */
async function judgeGreen(release: ShiftedRelease, now: Now): Promise<Release> {
  const looked = await lookBeforeTraffic(release, now.alarms, now.at);
  const seen = remember(release, looked);
  if (looked.verdict.verdict === 'fail') return decide(seen, looked.verdict, now.at);
  if (looked.verdict.verdict === 'pass' || release.deployment.judgedAt !== null) {
    return letUsersIn(seen, looked.verdict, now.at);
  }
  const { readySeconds } = release.description.deadlines;
  if (isPast(release.deployment.createdAt, readySeconds, now.at)) {
    return decide(seen, outOfTime(looked.verdict, `${readySeconds} s for green to be judged`), now.at);
  }
  return again(seen, quickest(release));
}

/** Green was judged good: users reach it at once, or as soon as a person has approved, while it still is. */
async function letUsersIn(before: ShiftedRelease, verdict: Verdict, now: string): Promise<Release> {
  const { judgedAt } = before.deployment;
  const since = judgedAt ?? now;
  const asked = needsApproval(before);
  const approved = asked ? await approvalOf(before) : null;
  const release = { ...before, approved, deployment: { ...before.deployment, judgedAt: since } };
  if (verdict.verdict === 'pass' && (!asked || approved !== null)) {
    await fence(release);
    const continued = await codedeploy.continueDeployment(release.deployment.id, 'READY_WAIT');
    const deployment = { ...release.deployment, continuedAt: continued ? now : null };
    return again({ ...release, deployment }, release.description.observation.intervalSeconds);
  }
  const { deadlines, observation } = release.description;
  if (isPast(since, deadlines.approvalSeconds, now)) {
    const why = approved === null ? `Nobody approved it within ${deadlines.approvalSeconds} s.` : 'It was approved.';
    return decide(release, fail(why, ...verdict.reasons), now);
  }
  if (judgedAt === null) await putEvent('Release awaits approval', release);
  return again(release, lookInterval(observation.intervalSeconds, secondsBetween(since, now)));
}

/** Users reach green, or will with the next step of the shift. */
async function observeTraffic(before: ShiftedRelease, greenPercent: number, now: Now): Promise<Release> {
  const { deadlines, observation, policies } = before.description;
  const continuedAt = before.deployment.continuedAt ?? now.at;
  const bakingSince = before.deployment.bakingSince ?? (greenPercent === 100 ? now.at : null);
  const release = { ...before, deployment: { ...before.deployment, continuedAt, bakingSince } };

  const canaryEnds = before.deployment.bakingSince === null && bakingSince !== null;
  const looked = await lookUnderTraffic(release, { greenPercent, canaryEnds }, now.alarms, now.at);
  const seen = remember(release, looked);
  if (looked.verdict.verdict !== 'inconclusive') return decide(seen, looked.verdict, now.at);
  if (bakingSince === null && isPast(continuedAt, deadlines.shiftSeconds, now.at)) {
    return decide(seen, outOfTime(looked.verdict, `${deadlines.shiftSeconds} s for the shift`), now.at);
  }
  const bakeSeconds = policies[before.request.policy].bakeSeconds;
  const baked = bakingSince === null ? 0 : secondsBetween(bakingSince, now.at);
  if (bakingSince !== null && baked >= bakeSeconds + looksOfGrace * observation.intervalSeconds) {
    return decide(seen, outOfTime(looked.verdict, `${bakeSeconds} s of the bake`), now.at);
  }
  return again(seen, nextLook(observation.intervalSeconds, { baked, bakeSeconds }));
}

const quickest = ({ description }: ShiftedRelease): number =>
  Math.min(quickLook, description.observation.intervalSeconds);

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
