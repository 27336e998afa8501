/** Names one metric: a namespace, a name and the exact set of dimensions. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricDatum extends MetricName {
  readonly value: number;
  /** How often the value was observed. */
  readonly count?: number;
}

/** Data points by the start of their period, in milliseconds since the epoch. */
export type Series = ReadonlyMap<number, number>;

/** Keys of dimension objects that were seen before: publishers use theirs over and over. */
const knownDimensions = new WeakMap<object, string>();

function dimensionsKey(dimensions: Readonly<Record<string, string>>): string {
  const known = knownDimensions.get(dimensions);
  if (known !== undefined) return known;
  const key = JSON.stringify(Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  knownDimensions.set(dimensions, key);
  return key;
}

/**
 * Metrics with different dimensions are different metrics: CloudWatch does not aggregate over them
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension).
 */
export function metricKey({ namespace, name, dimensions }: MetricName): string {
  return `${namespace} ${name} ${dimensionsKey(dimensions)}`;
}
