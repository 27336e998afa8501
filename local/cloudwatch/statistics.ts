import { ServiceError } from '../aws/operation.ts';

/** What was observed in a span of time. */
export class Observations {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** How often each value was seen, for percentiles; rounded to a microsecond's worth of a second. */
  readonly #distribution = new Map<number, number>();

  add(value: number, count: number): void {
    this.count += count;
    this.sum += value * count;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    const rounded = Math.round(value * 1e6) / 1e6;
    this.#distribution.set(rounded, (this.#distribution.get(rounded) ?? 0) + count);
  }

  merge(other: Observations): void {
    for (const [value, count] of other.#distribution) this.add(value, count);
  }

  /** The smallest value that at least `percent` of the observations do not exceed. */
  percentile(percent: number): number {
    let seen = 0;
    for (const [value, count] of [...this.#distribution].toSorted(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= (this.count * percent) / 100) return value;
    }
    return this.max;
  }
}

/**
 * One statistic of the observations: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or `p99.9`
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html).
 * @throws ValidationError for any other statistic
 */
export function statistic(observations: Observations, name: string): number {
  switch (name) {
    case 'Sum':
      return observations.sum;
    case 'Average':
      return observations.sum / observations.count;
    case 'Minimum':
      return observations.min;
    case 'Maximum':
      return observations.max;
    case 'SampleCount':
      return observations.count;
    default: {
      const percent = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
      if (percent !== undefined) return observations.percentile(Number(percent));
      throw new ServiceError(
        'ValidationError',
        `The statistic '${name}' is none of Sum, Average, Minimum, Maximum, SampleCount and pNN.`,
      );
    }
  }
}
