import { alarmStates, trafficCount } from '../aws/cloudwatch.ts';
import type { Probed } from '../aws/prober.ts';
import { slowerInLook } from '../domain/judge/latency.ts';
import { countBeforeTraffic, judgeBeforeTraffic } from '../domain/judge-before-traffic.ts';
import { judgeUnderTraffic } from '../domain/judge-under-traffic.ts';
import { answered, evidenceWith, type Look, type Observation } from '../domain/observation.ts';
import type { ProbeReport } from '../domain/probe.ts';
import type { ShiftedRelease } from '../domain/release.ts';
import { isPast } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import { listenerTarget, probeAll, taskTargets } from './probe-targets.ts';

export interface Looked {
  readonly verdict: Verdict;
  readonly look: Look;
  readonly before: Observation['before'];
}

const noReport: ProbeReport = { rounds: 0, samples: [] };

/** Looks at green while it waits on the test listener. */
export async function lookBeforeTraffic(release: ShiftedRelease, now: string): Promise<Looked> {
  const { roundsBeforeTraffic, roundsPerLook } = release.description.observation;
  const targets = [...(await taskTargets(release, 'green')), ...(await listenerTarget(release, 'test'))];
  const probed = await probeAll(release, targets, roundsPerLook);
  const report = 'report' in probed ? probed.report : noReport;
  const so = release.observation.before;
  const counted = answered(report);
  const evidence = evidenceWith(release.observation, counted);
  const alarms = await alarmStates(release.deployment.alarms);
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

/** Looks at both colours while users reach green. */
export async function lookUnderTraffic(release: ShiftedRelease, greenPercent: number, now: string): Promise<Looked> {
  const { deployment, description, blue, request, observation } = release;
  const targets = [
    ...(await taskTargets(release, 'green')),
    // The bootstrap image answers 200 on everything and none of the journeys: nothing to compare green with.
    ...(blue.bootstrap ? [] : await taskTargets(release, 'blue')),
    ...(await listenerTarget(release, 'production')),
  ];
  const probed = await probeAll(release, targets, description.observation.roundsPerLook);
  const report = 'report' in probed ? probed.report : noReport;
  const phase = deployment.bakingSince === null ? 'shifting' : 'baking';
  const counted = {
    ...answered(report),
    // Once green alone has the users' load, an idle blue is no measure of its latency.
    ...(phase === 'shifting' && { slower: slowerInLook(report.samples) }),
  };
  const since = deployment.continuedAt ?? now;
  const balancer = description.loadBalancer.arn;
  const verdict = withMissing(
    judgeUnderTraffic({
      report,
      evidence: evidenceWith(observation, counted),
      alarms: await alarmStates(deployment.alarms),
      traffic: {
        green: await trafficCount(balancer, deployment.greenTargetGroup, since, now),
        blue: await trafficCount(balancer, blue.targetGroup, since, now),
      },
      baked:
        deployment.bakingSince !== null &&
        isPast(deployment.bakingSince, description.policies[request.policy].bakeSeconds, now),
    }),
    probed,
  );
  return { verdict, before: observation.before, look: toLook({ at: now, phase, greenPercent, ...counted }, verdict) };
}

/** Says why there is no data, where the prober could tell. */
function withMissing(verdict: Verdict, probed: Probed): Verdict {
  if (verdict.verdict !== 'inconclusive' || !('missing' in probed)) return verdict;
  return { ...verdict, reasons: [...verdict.reasons, probed.missing] };
}

function toLook(seen: Omit<Look, 'verdict' | 'reasons'>, { verdict, reasons }: Verdict): Look {
  return { ...seen, verdict, reasons: reasons.map((reason) => reason.slice(0, 500)) };
}
