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

/**
 * Metrics with different dimensions are different metrics: CloudWatch does not aggregate over them
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension).
 */
export function metricKey(metric: MetricName): string {
  const dimensions = Object.entries(metric.dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric.namespace, metric.name, dimensions]);
}
