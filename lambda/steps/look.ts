import { trafficCount } from '../aws/cloudwatch.ts';
import type { Probed } from '../aws/prober.ts';
import { slowerInLook } from '../domain/judge/latency.ts';
import { countBeforeTraffic, judgeBeforeTraffic } from '../domain/judge-before-traffic.ts';
import { judgeUnderTraffic } from '../domain/judge-under-traffic.ts';
import { answered, evidenceWith, judgedIn, type Look, lookRounds, type Observation } from '../domain/observation.ts';
import type { ProbeReport } from '../domain/probe.ts';
import type { ShiftedRelease } from '../domain/release.ts';
import { isPast, secondsBetween } from '../domain/time.ts';
import type { AlarmReading, Verdict } from '../domain/verdict.ts';
import { lookAtTasks } from './look-at-tasks.ts';
import { listenerTarget, probeAll, taskTargets } from './probe-targets.ts';

export interface Looked {
  readonly verdict: Verdict;
  readonly look: Look;
  readonly before: Observation['before'];
}

const noReport: ProbeReport = { rounds: 0, samples: [] };

/** Looks at green while it waits on the test listener. */
export async function lookBeforeTraffic(
  release: ShiftedRelease,
  alarms: readonly AlarmReading[],
  now: string,
): Promise<Looked> {
  const { roundsBeforeTraffic, roundsPerLook } = release.description.observation;
  const targets = [...(await taskTargets(release, 'green')), ...(await listenerTarget(release, 'test'))];
  const probed = await probeAll(
    release,
    targets,
    lookRounds(roundsPerLook, secondsSince(release.deployment.judgedAt, now)),
  );
  const report = 'report' in probed ? probed.report : noReport;
  const so = release.observation.before;
  const counted = answered(report);
  const evidence = evidenceWith(release.observation, counted);
  const verdict = withMissing(
    judgeBeforeTraffic({ so, report, evidence, alarms, rounds: roundsBeforeTraffic }),
    probed,
  );
  return {
    verdict,
    before: countBeforeTraffic({ so, report }),
    look: toLook({ at: now, phase: 'judging', greenPercent: 0, ...counted }, verdict),
  };
}

/** How users' traffic is divided. */
export interface TrafficNow {
  /** Share of it that green gets. */
  readonly greenPercent: number;
  /** True in the first look that sees green serve everybody. */
  readonly canaryEnds: boolean;
}

/** Looks at both colours while users reach green. */
export async function lookUnderTraffic(
  release: ShiftedRelease,
  { greenPercent, canaryEnds }: TrafficNow,
  alarms: readonly AlarmReading[],
  now: string,
): Promise<Looked> {
  const { deployment, description, blue, request, observation } = release;
  const targets = [
    ...(await taskTargets(release, 'green')),
    // The bootstrap image answers 200 on everything and none of the journeys: nothing to compare green with.
    ...(blue.bootstrap ? [] : await taskTargets(release, 'blue')),
    ...(await listenerTarget(release, 'production')),
  ];
  const probed = await probeAll(
    release,
    targets,
    lookRounds(description.observation.roundsPerLook, secondsSince(deployment.bakingSince, now)),
  );
  const report = 'report' in probed ? probed.report : noReport;
  const phase = deployment.bakingSince === null ? 'shifting' : 'baking';
  const counted = {
    ...answered(report),
    // Once green alone has the users' load, an idle blue is no measure of its latency.
    ...(phase === 'shifting' && { slower: slowerInLook(report.samples) }),
  };
  const since = deployment.continuedAt ?? now;
  const balancer = description.loadBalancer.arn;
  const traffic = {
    green: await trafficCount(balancer, deployment.greenTargetGroup, since, now),
    blue: await trafficCount(balancer, blue.targetGroup, since, now),
  };
  const tasks = await lookAtTasks(release, now);
  const verdict = withMissing(
    judgeUnderTraffic({
      report,
      evidence: evidenceWith(observation, counted),
      alarms,
      traffic,
      tasks,
      since,
      now,
      canary: canaryEnds
        ? {
            judged: observation.judged + judgedIn({ phase, ...counted }) + traffic.green.requests,
            minimum: description.policies[request.policy].minimumJudged,
          }
        : null,
      slo: description.slo,
      errorBudget: release.errorBudget,
      baked:
        deployment.bakingSince !== null &&
        isPast(deployment.bakingSince, description.policies[request.policy].bakeSeconds, now),
    }),
    probed,
  );
  return { verdict, before: observation.before, look: toLook({ at: now, phase, greenPercent, ...counted }, verdict) };
}

const secondsSince = (start: string | null, now: string): number => (start === null ? 0 : secondsBetween(start, now));

/** Says why there is no data, where the prober could tell. */
function withMissing(verdict: Verdict, probed: Probed): Verdict {
  if (verdict.verdict !== 'inconclusive' || !('missing' in probed)) return verdict;
  return { ...verdict, reasons: [...verdict.reasons, probed.missing] };
}

function toLook(seen: Omit<Look, 'verdict' | 'reasons'>, { verdict, reasons }: Verdict): Look {
  return { ...seen, verdict, reasons: reasons.map((reason) => reason.slice(0, 500)) };
}
