import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../aws/operation.ts';
import {
  type AlarmRule,
  type AlarmState,
  evaluationRange,
  type MissingData,
  nextAlarmState,
  type Point,
} from './alarm-evaluation.ts';
import { single } from './math.ts';
import { expressionPeriod, periodsIn, queryMetricData } from './metric-data.ts';
import type { MetricStore } from './metric-store.ts';

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** A metric alarm, on one metric or on a math expression. */
export class Alarm {
  readonly name: string;
  readonly arn: string;
  readonly definition: PutMetricAlarmCommandInput;
  readonly rule: AlarmRule;
  readonly #queries: readonly MetricDataQuery[];
  readonly #returned: string;
  readonly #breaches: (value: number) => boolean;
  state: AlarmState = 'INSUFFICIENT_DATA';
  reason = 'Unchecked: Initial alarm creation';
  changedAt: number;

  /** @throws ValidationError for what the stage cannot evaluate */
  constructor(definition: PutMetricAlarmCommandInput, arn: string, now: number) {
    this.name = definition.AlarmName ?? '';
    this.arn = arn;
    this.definition = definition;
    this.rule = ruleOf(definition);
    this.#queries = queriesOf(definition);
    this.#returned = returnedId(this.#queries, this.name);
    this.#breaches = comparisonOf(definition);
    this.changedAt = now;
  }

  /** How often CloudWatch looks at the alarm: every minute at most, every period for longer ones. */
  get periodMs(): number {
    return expressionPeriod(this.#queries);
  }

  /** Looks at the periods that are over by `now`; returns whether the state changed. */
  evaluate(store: MetricStore, now: number): boolean {
    const period = this.periodMs;
    const end = Math.floor(now / period) * period;
    const range = { start: end - evaluationRange(this.rule) * period, end };
    const series = single(queryMetricData(this.#queries, this.#returned, range, store, now));
    const points = periodsIn(range, period).map((at): Point => {
      const value = series.get(at);
      if (value === undefined) return 'missing';
      return this.#breaches(value) ? 'breaching' : 'fine';
    });
    const state = nextAlarmState(points, this.rule, this.state);
    return this.enter(state, `Threshold ${this.definition.Threshold}: data points ${points.join(', ')}.`, now);
  }

  enter(state: AlarmState, reason: string, now: number): boolean {
    if (state === this.state) return false;
    this.state = state;
    this.reason = reason;
    this.changedAt = now;
    return true;
  }
}

function ruleOf(definition: PutMetricAlarmCommandInput): AlarmRule {
  const evaluationPeriods = definition.EvaluationPeriods ?? 1;
  const wanted = definition.TreatMissingData ?? 'missing';
  const treatMissingData = treatments.find((treatment) => treatment === wanted);
  if (treatMissingData === undefined) {
    throw refused(definition, `TreatMissingData is one of ${treatments.join(', ')}, not ${wanted}`);
  }
  return {
    evaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm ?? evaluationPeriods,
    treatMissingData,
  };
}

function queriesOf(definition: PutMetricAlarmCommandInput): readonly MetricDataQuery[] {
  if (definition.Metrics !== undefined) return definition.Metrics;
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = definition;
  const Stat = Statistic ?? ExtendedStatistic;
  return [{ Id: 'm1', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat } }];
}

/** The one query with ReturnData, which is true unless it says otherwise. */
function returnedId(queries: readonly MetricDataQuery[], alarm: string): string {
  const returned = queries.filter((query) => query.ReturnData !== false);
  const id = returned[0]?.Id;
  if (returned.length === 1 && id !== undefined) return id;
  throw new ServiceError(
    'ValidationError',
    `Alarm ${alarm}: exactly one metric may return data, not ${returned.length}. Set ReturnData to false on the others.`,
  );
}

function comparisonOf(definition: PutMetricAlarmCommandInput): (value: number) => boolean {
  const compare = comparisons[definition.ComparisonOperator ?? ''];
  const { Threshold: threshold } = definition;
  if (compare === undefined || threshold === undefined) {
    throw refused(definition, `the stage compares with a fixed threshold, by ${Object.keys(comparisons).join(', ')}`);
  }
  return (value) => compare(value, threshold);
}

function refused(definition: PutMetricAlarmCommandInput, why: string): ServiceError {
  return new ServiceError('ValidationError', `Alarm ${definition.AlarmName}: ${why}.`);
}
