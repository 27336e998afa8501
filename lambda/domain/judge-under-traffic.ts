import type { Look } from './observation.ts';
import { type ProbeReport, type Tally, tally } from './probe.ts';
import { type AlarmReading, fail, failuresThatCount, firing, inconclusive, pass, type Verdict } from './verdict.ts';

/** Sums of a target group's metrics since users can reach green. */
export interface TrafficCount {
  readonly requests: number;
  /** Answers 5xx and refused connections. */
  readonly errors: number;
}

export interface UnderTraffic {
  readonly report: ProbeReport;
  /** Earlier looks of the shift and the bake, oldest first. */
  readonly earlier: readonly Look[];
  readonly alarms: readonly AlarmReading[];
  readonly traffic: { readonly blue: TrafficCount; readonly green: TrafficCount };
  /** True once green has served everybody for as long as the policy asks. */
  readonly baked: boolean;
}

/** Looks that count together: what speaks against green must be fresh. */
const looksTogether = 3;
/** Users' errors below this share are what any service has. */
const toleratedErrorShare = 0.01;

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

interface Counts {
  readonly ok: number;
  readonly failed: number;
}

function together(now: Tally, earlier: readonly Counts[]): Counts {
  return earlier.reduce<Counts>((sum, look) => ({ ok: sum.ok + look.ok, failed: sum.failed + look.failed }), {
    ok: now.ok,
    failed: now.failed,
  });
}

/** Green fails and blue does not fail half as often: it is green, and not what both share. */
function isGreensDoing(green: Counts, blue: Counts): boolean {
  return share(blue.failed, blue.ok + blue.failed) < share(green.failed, green.ok + green.failed) / 2;
}

/**
 * Judges green while users reach it. It fails on an alarm, on three failed probe requests of green
 * within three looks, or on three of users' requests and 1 % of them answered with an error, where
 * blue does not fail alike; it passes at the end of the bake on a look without a failed request.
 */
export function judgeUnderTraffic(look: UnderTraffic): Verdict {
  const loud = firing(look.alarms);
  if (loud.length > 0) return fail(`Alarm in ALARM: ${loud.join(', ')}.`);

  const now = { green: tally(look.report.samples, 'green'), blue: tally(look.report.samples, 'blue') };
  const window = look.earlier.slice(-(looksTogether - 1));
  const green = together(
    now.green,
    window.map((each) => each.green),
  );
  const blue = together(
    now.blue,
    window.map((each) => each.blue),
  );
  if (green.failed >= failuresThatCount && isGreensDoing(green, blue)) {
    const reasons = now.green.reasons.join('; ') || 'see the earlier looks';
    return fail(`${green.failed} of ${green.ok + green.failed} probe requests to green failed: ${reasons}.`);
  }

  const users = look.traffic.green;
  const old = look.traffic.blue;
  const errorShare = share(users.errors, users.requests);
  if (
    users.errors >= failuresThatCount &&
    errorShare >= toleratedErrorShare &&
    share(old.errors, old.requests) < errorShare / 2
  ) {
    return fail(`Green answered ${users.errors} of ${users.requests} users' requests with an error.`);
  }
  return judgeProgress(look, now.green, green);
}

function judgeProgress(look: UnderTraffic, now: Tally, green: Counts): Verdict {
  const unknown = look.alarms.filter((alarm) => alarm.state === null).map((alarm) => alarm.name);
  if (unknown.length > 0) return inconclusive(`CloudWatch knows no alarm ${unknown.join(', ')}.`);
  if (now.ok + now.failed === 0) return inconclusive('Green gave no data in this look.');
  const path = tally(look.report.samples, 'production');
  if (path.ok + path.failed === 0) return inconclusive('The path through the production listener gave no data.');
  if (green.failed >= failuresThatCount)
    return inconclusive('Blue fails as often as green: the cause is not the release.');
  if (now.failed + path.failed > 0) return inconclusive([...now.reasons, ...path.reasons].join('; '));
  return look.baked
    ? pass('Green served everybody until the end of the bake.')
    : inconclusive('Nothing speaks against green so far.');
}
