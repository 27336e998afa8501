import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../aws/operation.ts';
import { evaluateExpression, type Value } from './math.ts';
import type { MetricName } from './metric.ts';
import type { MetricStore } from './metric-store.ts';

export interface MetricRange {
  /** Milliseconds since the epoch, inclusive. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const defaultPeriodSeconds = 60;

/** @throws ValidationError for a period below the resolution that the stage keeps */
export function periodMs(seconds: number | undefined): number {
  const period = seconds ?? defaultPeriodSeconds;
  if (period >= 60 && period % 60 === 0) return period * 1000;
  throw new ServiceError('ValidationError', `A period is a multiple of 60 seconds on the stage, not ${period}.`);
}

function metricOf(stat: MetricStat): MetricName {
  return {
    namespace: stat.Metric?.Namespace ?? '',
    name: stat.Metric?.MetricName ?? '',
    dimensions: Object.fromEntries((stat.Metric?.Dimensions ?? []).map(({ Name, Value: value }) => [Name, value])),
  };
}

/**
 * Evaluates one metric or expression among the queries of one request or alarm
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html).
 * An expression's periods are the longest period of the request's metrics.
 */
export function queryMetricData(
  queries: readonly MetricDataQuery[],
  id: string,
  range: MetricRange,
  store: MetricStore,
  now: number,
): Value {
  const underWay = new Set<string>();
  const resolve = (wanted: string): Value => {
    const query = queries.find((each) => each.Id === wanted);
    if (query === undefined || underWay.has(wanted)) {
      throw new ServiceError('ValidationError', `The metric id '${wanted}' is not defined, or refers to itself.`);
    }
    underWay.add(wanted);
    try {
      return read(query);
    } finally {
      underWay.delete(wanted);
    }
  };
  const read = (query: MetricDataQuery): Value => {
    if (query.MetricStat !== undefined) {
      return store.read(
        {
          metric: metricOf(query.MetricStat),
          statistic: query.MetricStat.Stat ?? '',
          periodMs: periodMs(query.MetricStat.Period),
          ...range,
        },
        now,
      );
    }
    return evaluateExpression(query.Expression ?? '', {
      resolve,
      periods: periodsIn(range, expressionPeriod(queries)),
    });
  };
  return resolve(id);
}

export function expressionPeriod(queries: readonly MetricDataQuery[]): number {
  const periods = queries.map((query) => periodMs(query.MetricStat?.Period ?? query.Period));
  return Math.max(...periods);
}

export function periodsIn(range: MetricRange, period: number): number[] {
  const periods: number[] = [];
  for (let at = Math.floor(range.start / period) * period; at < range.end; at += period) periods.push(at);
  return periods;
}
