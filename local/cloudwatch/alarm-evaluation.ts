export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface AlarmRule {
  /** M: how many of the evaluated data points must breach. */
  readonly datapointsToAlarm: number;
  /** N: how many data points are evaluated. */
  readonly evaluationPeriods: number;
  readonly treatMissingData: MissingData;
}

/** One period of the evaluation range. */
export type Point = 'breaching' | 'fine' | 'missing';

/**
 * Periods that CloudWatch looks at, of which it evaluates N: "a higher number of data points than
 * specified by Evaluation Periods". The documentation's examples look at 5 for N = 3; for other N it
 * gives no number, and we look at two more, too.
 */
export function evaluationRange(rule: AlarmRule): number {
  return rule.evaluationPeriods + 2;
}

/**
 * The alarm's next state. Enough real data points are evaluated as they are, the most recent N of them;
 * otherwise missing ones are treated as the alarm says, as few of them as possible.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 *
 * @param points the evaluation range, oldest first
 */
export function nextAlarmState(points: readonly Point[], rule: AlarmRule, current: AlarmState): AlarmState {
  const real = points.filter((point) => point !== 'missing');
  const evaluated = real.slice(-rule.evaluationPeriods);
  const breaching = evaluated.filter((point) => point === 'breaching').length;
  const absent = rule.evaluationPeriods - evaluated.length;
  const verdict = (count: number): AlarmState => (count >= rule.datapointsToAlarm ? 'ALARM' : 'OK');

  if (absent === 0) return verdict(breaching);
  switch (rule.treatMissingData) {
    case 'breaching':
      return verdict(breaching + absent);
    case 'notBreaching':
      return verdict(breaching);
    case 'ignore':
      if (breaching >= rule.datapointsToAlarm) return 'ALARM';
      return real.includes('fine') ? 'OK' : current;
    case 'missing':
    default:
      if (breaching >= rule.datapointsToAlarm || breachesForLongEnough(points, rule)) return 'ALARM';
      return real.includes('fine') ? 'OK' : 'INSUFFICIENT_DATA';
  }
}

/**
 * With nothing but breaching and missing data, the alarm goes off once the oldest breaching data point is
 * at least M periods old, "even if the total number of datapoints available is lower than M".
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html#CloudWatch-alarms-avoiding-premature-transition
 */
function breachesForLongEnough(points: readonly Point[], rule: AlarmRule): boolean {
  if (points.includes('fine')) return false;
  const oldest = points.indexOf('breaching');
  return oldest >= 0 && points.length - oldest >= rule.datapointsToAlarm;
}
