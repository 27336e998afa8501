import type { MetricDatum } from '../cloudwatch/metric.ts';
import type { Route } from './data-plane.ts';

export type PutMetric = (datum: MetricDatum) => void;

/** Where the load balancer's metrics go: `app/name/id` and `targetgroup/name/id` are the values. */
export interface TrafficDimensions {
  readonly ofBalancer: { readonly LoadBalancer: string };
  /** Null for a request that no target group got. */
  readonly ofGroup: { readonly LoadBalancer: string; readonly TargetGroup: string } | null;
}

export interface Outcome {
  readonly status: number | null;
  readonly ms: number;
}

function datum(name: string, value: number, dimensions: Readonly<Record<string, string>>): MetricDatum {
  return { namespace: 'AWS/ApplicationELB', name, value, dimensions };
}

/**
 * What one request adds to the load balancer's metrics: totals of the load balancer, and of the target
 * group where the documentation gives the metric that dimension. A refused, reset or late connection
 * counts as a 502 of the load balancer and as a connection error of the target group, because the outcome
 * does not tell them apart.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function trafficMetrics(route: Route, outcome: Outcome, dimensions: TrafficDimensions): MetricDatum[] {
  const ofBalancer = (name: string, value = 1) => datum(name, value, dimensions.ofBalancer);
  const ofBoth = (name: string, value = 1) =>
    dimensions.ofGroup === null
      ? [ofBalancer(name, value)]
      : [ofBalancer(name, value), datum(name, value, dimensions.ofGroup)];

  if (route.kind === 'fixed') {
    if (route.targetGroup === null) return [ofBalancer('HTTP_Fixed_Response_Count')];
    return [ofBalancer('HTTPCode_ELB_5XX_Count'), ofBalancer(`HTTPCode_ELB_${route.status}_Count`)];
  }
  if (outcome.status === null) {
    return [
      ...ofBoth('RequestCount'),
      ...ofBoth('TargetConnectionErrorCount'),
      ofBalancer('HTTPCode_ELB_5XX_Count'),
      ofBalancer('HTTPCode_ELB_502_Count'),
    ];
  }
  return [
    ...ofBoth('RequestCount'),
    ...ofBoth(`HTTPCode_Target_${Math.floor(outcome.status / 100)}XX_Count`),
    ...ofBoth('TargetResponseTime', outcome.ms / 1000),
  ];
}

/** Reported once a minute for a target group with registered targets. */
export function hostMetrics(
  ofGroup: NonNullable<TrafficDimensions['ofGroup']>,
  hosts: { readonly healthy: number; readonly unhealthy: number },
): MetricDatum[] {
  return [datum('HealthyHostCount', hosts.healthy, ofGroup), datum('UnHealthyHostCount', hosts.unhealthy, ofGroup)];
}
