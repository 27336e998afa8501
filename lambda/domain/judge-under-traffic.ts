import { failsInAll, isUnwell } from './judge/error-rate.ts';
import { complaint, type Evidence } from './judge/evidence.ts';
import { type ProbeReport, tally } from './probe.ts';
import { type AlarmReading, fail, firing, inconclusive, pass, type Verdict } from './verdict.ts';

/** Sums of a target group's metrics since users can reach green. */
export interface TrafficCount {
  readonly requests: number;
  /** Answers 5xx and refused connections. */
  readonly errors: number;
}

export interface UnderTraffic {
  readonly report: ProbeReport;
  /** All evidence from probes, with this look's. */
  readonly evidence: Evidence;
  readonly alarms: readonly AlarmReading[];
  readonly traffic: { readonly blue: TrafficCount; readonly green: TrafficCount };
  /** True once green has served everybody for as long as the policy asks. */
  readonly baked: boolean;
}

/** Users' errors below this share are what any service has. */
const toleratedErrorShare = 0.01;

const share = ({ errors, requests }: TrafficCount): number => (requests === 0 ? 0 : errors / requests);

/**
 * Judges green while users reach it. It fails on an alarm, on more failed probe requests than the SLO
 * explains (where blue is itself unwell: than blue's), or on users' requests that it answers with an error
 * beyond the same line and 1 % of them, where blue does not fail half as often; it passes at the end of the
 * bake on a look without a failed request.
 */
export function judgeUnderTraffic(look: UnderTraffic): Verdict {
  const loud = firing(look.alarms);
  if (loud.length > 0) return fail(`Alarm in ALARM: ${loud.join(', ')}.`);

  const against = complaint(look.evidence);
  if (against !== null) {
    const { reasons } = tally(look.report.samples, 'green');
    return fail(`While users reached it, ${[against, ...reasons].join('; ')}.`);
  }
  const { green, blue } = look.traffic;
  const tooMany = failsInAll({ probes: green.requests, failed: green.errors }) && share(green) >= toleratedErrorShare;
  if (tooMany && share(blue) < share(green) / 2) {
    return fail(`Green answered ${green.errors} of ${green.requests} users' requests with an error.`);
  }
  return judgeProgress(look);
}

function judgeProgress(look: UnderTraffic): Verdict {
  const unknown = look.alarms.filter((alarm) => alarm.state === null).map((alarm) => alarm.name);
  if (unknown.length > 0) return inconclusive(`CloudWatch knows no alarm ${unknown.join(', ')}.`);
  const green = tally(look.report.samples, 'green');
  if (green.ok + green.failed === 0) return inconclusive('Green gave no data in this look.');
  const path = tally(look.report.samples, 'production');
  if (path.ok + path.failed === 0) return inconclusive('The path through the production listener gave no data.');
  if (green.failed + path.failed > 0) {
    const shared = isUnwell(look.evidence.blue) ? ['Blue fails as well: the cause may not be the release.'] : [];
    return inconclusive([...shared, ...green.reasons, ...path.reasons].join('; '));
  }
  return look.baked
    ? pass('Green served everybody until the end of the bake.')
    : inconclusive('Nothing speaks against green so far.');
}
