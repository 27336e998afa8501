import type { ErrorBudget } from './error-budget.ts';
import { isUnwell } from './judge/error-rate.ts';
import { complaint, type Evidence } from './judge/evidence.ts';
import { type TrafficCount, usersComplaint } from './judge/users.ts';
import { isKnown, type Utilization, utilizationComplaint } from './judge/utilization.ts';
import { type ProbeReport, tally } from './probe.ts';
import type { Slo } from './slo.ts';
import { type AlarmReading, fail, firing, inconclusive, pass, type Verdict } from './verdict.ts';

export interface UnderTraffic {
  readonly report: ProbeReport;
  /** All evidence from probes, with this look's. */
  readonly evidence: Evidence;
  readonly alarms: readonly AlarmReading[];
  readonly traffic: { readonly blue: TrafficCount; readonly green: TrafficCount };
  /** What of green's tasks speaks against it, and what they use; null where nobody measures that. */
  readonly tasks: { readonly lost: string | null; readonly utilization: Utilization | null };
  /** When users were let in. */
  readonly since: string;
  readonly now: string;
  /** In the look that sees the canary end: how many requests green was judged by, and how many it takes. */
  readonly canary: { readonly judged: number; readonly minimum: number } | null;
  readonly slo: Pick<Slo, 'availability'>;
  /** As it was when the release opened; null when nobody knows. */
  readonly errorBudget: ErrorBudget | null;
  /** True once green has served everybody for as long as the policy asks. */
  readonly baked: boolean;
}

/**
 * Judges green while users reach it. It fails on an alarm, on more failed probe requests than the SLO explains
 * (where blue is itself unwell: than blue's), on users' requests that it answers with an error, on what
 * becomes of its tasks, and on a canary that judged too few requests to tell; it passes at the end of the bake on a look without a failed request.
 */
export function judgeUnderTraffic(look: UnderTraffic): Verdict {
  const loud = firing(look.alarms);
  if (loud.length > 0) return fail(`Alarm in ALARM: ${loud.join(', ')}.`);

  const against = complaint(look.evidence);
  if (against !== null) {
    const { reasons } = tally(look.report.samples, 'green');
    return fail(`While users reached it, ${[against, ...reasons].join('; ')}.`);
  }
  const ofUsers = usersComplaint(look);
  if (ofUsers !== null) return fail(ofUsers);
  const { lost, utilization } = look.tasks;
  if (lost !== null) return fail(lost);
  const resources = utilization && utilizationComplaint(utilization, look.since, look.now);
  if (resources !== null) return fail(`While users reached it, ${resources}.`);
  const { canary } = look;
  if (canary !== null && canary.judged < canary.minimum) {
    return fail(`The canary ended with ${canary.judged} judged requests; the policy asks for ${canary.minimum}.`);
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
  const { utilization } = look.tasks;
  if (look.baked && utilization !== null && !isKnown(utilization, look.now)) {
    return inconclusive(
      'CloudWatch has told no CPU and memory of green’s tasks for ten minutes: Container Insights has to be enhanced.',
    );
  }
  return look.baked
    ? pass('Green served everybody until the end of the bake.')
    : inconclusive('Nothing speaks against green so far.');
}
