/** What a look at a release says. No data is a verdict of its own, neither a pass nor a fail. */
export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly reasons: readonly string[];
}

export const pass = (...reasons: string[]): Verdict => ({ verdict: 'pass', reasons });
export const fail = (...reasons: string[]): Verdict => ({ verdict: 'fail', reasons });
export const inconclusive = (...reasons: string[]): Verdict => ({ verdict: 'inconclusive', reasons });

export interface AlarmReading {
  readonly name: string;
  /** Null: CloudWatch knows no alarm of that name. */
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | null;
  /** `targetgroup/name/id` of the one target group that it watches; null for an alarm of another kind. */
  readonly targetGroup: string | null;
}

export function firing(alarms: readonly AlarmReading[]): string[] {
  return alarms.filter((alarm) => alarm.state === 'ALARM').map((alarm) => alarm.name);
}
