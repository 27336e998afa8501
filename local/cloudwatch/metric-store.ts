import { type MetricDatum, type MetricName, metricKey, type Series } from './metric.ts';
import { Observations, statistic } from './statistics.ts';

const resolutionMs = 60_000;

export interface SeriesQuery {
  readonly metric: MetricName;
  readonly statistic: string;
  /** A multiple of 60 s. */
  readonly periodMs: number;
  /** Inclusive. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * Metrics at standard resolution: one bucket a minute, seen only when the minute is over and the
 * publishing delay has passed
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html;
 * that services publish with a delay: "metrics … published with a slight delay, and the most recent
 * minute never has data" in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
 */
export class MetricStore {
  readonly #publishingDelayMs: number;
  readonly #metrics = new Map<string, Map<number, Observations>>();

  constructor(publishingDelayMs: number) {
    this.#publishingDelayMs = publishingDelayMs;
  }

  put(datum: MetricDatum, at: number): void {
    const key = metricKey(datum);
    const buckets = this.#metrics.get(key) ?? new Map<number, Observations>();
    this.#metrics.set(key, buckets);
    const minute = Math.floor(at / resolutionMs) * resolutionMs;
    const bucket = buckets.get(minute) ?? new Observations();
    buckets.set(minute, bucket);
    bucket.add(datum.value, datum.count ?? 1);
  }

  /** The data points that can be seen `now`, by the start of their period; periods without data have none. */
  read(query: SeriesQuery, now: number): Series {
    const buckets = this.#metrics.get(metricKey(query.metric));
    const series = new Map<number, number>();
    if (buckets === undefined) return series;
    const first = Math.floor(query.start / query.periodMs) * query.periodMs;
    for (let period = first; period < query.end; period += query.periodMs) {
      const observations = new Observations();
      for (let minute = period; minute < period + query.periodMs; minute += resolutionMs) {
        const bucket = buckets.get(minute);
        if (bucket !== undefined && this.#isPublished(minute, now)) observations.merge(bucket);
      }
      if (observations.count > 0) series.set(period, statistic(observations, query.statistic));
    }
    return series;
  }

  #isPublished(minute: number, now: number): boolean {
    return minute + resolutionMs + this.#publishingDelayMs <= now;
  }
}
