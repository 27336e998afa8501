import { complaint, type Evidence } from './judge/evidence.ts';
import type { Observation } from './observation.ts';
import { type ProbeReport, tally } from './probe.ts';
import { type AlarmReading, fail, firing, inconclusive, pass, type Verdict } from './verdict.ts';

export interface BeforeTraffic {
  /** What was counted so far, without this look. */
  readonly so: Observation['before'];
  readonly report: ProbeReport;
  /** All evidence, with this look's. */
  readonly evidence: Evidence;
  readonly alarms: readonly AlarmReading[];
  readonly rounds: number;
}

/** The count with this look's answers; a look without an answer from green, or about it, counts no round. */
export function countBeforeTraffic({ so, report }: Pick<BeforeTraffic, 'so' | 'report'>): Observation['before'] {
  const green = tally(report.samples, 'green');
  const path = tally(report.samples, 'test');
  const noData = green.ok + green.failed === 0 || path.ok + path.failed === 0;
  return {
    rounds: so.rounds + (noData ? 0 : report.rounds),
    reasons: [
      ...so.reasons,
      ...green.reasons.map((reason) => `green, ${reason}`),
      ...path.reasons.map((reason) => `test listener, ${reason}`),
    ].slice(0, 5),
  };
}

/**
 * Judges green while it waits on the test listener. More failed requests than the SLO explains, at its
 * tasks or on the path through the test listener, fail it; the agreed number of rounds without passes it.
 */
export function judgeBeforeTraffic(look: BeforeTraffic): Verdict {
  const loud = firing(look.alarms);
  if (loud.length > 0) return fail(`Alarm in ALARM: ${loud.join(', ')}.`);
  const count = countBeforeTraffic(look);
  const against = complaint(look.evidence);
  if (against !== null) return fail(`Before any user reached it, ${[against, ...count.reasons].join('; ')}.`);
  if (count.rounds === look.so.rounds) return inconclusive('Green gave no data in this look.');
  if (count.rounds >= look.rounds) return pass(`Green answered ${count.rounds} rounds of all journeys.`);
  return inconclusive(`Green has answered ${count.rounds} of ${look.rounds} rounds.`);
}
