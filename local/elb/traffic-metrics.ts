import type { MetricDatum } from '../cloudwatch/metric.ts';
import type { Route } from './data-plane.ts';

export type PutMetric = (datum: MetricDatum) => void;

/** Names that the dimensions carry: `app/name/id` and `targetgroup/name/id`. */
export interface TrafficNames {
  readonly loadBalancer: string;
  readonly targetGroup: string | null;
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
export function trafficMetrics(route: Route, outcome: Outcome, names: TrafficNames): MetricDatum[] {
  const { loadBalancer, targetGroup } = names;
  const ofBalancer = (name: string, value = 1) => datum(name, value, { LoadBalancer: loadBalancer });
  const ofBoth = (name: string, value = 1) =>
    targetGroup === null
      ? [ofBalancer(name, value)]
      : [ofBalancer(name, value), datum(name, value, { LoadBalancer: loadBalancer, TargetGroup: targetGroup })];

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
  names: { readonly loadBalancer: string; readonly targetGroup: string },
  hosts: { readonly healthy: number; readonly unhealthy: number },
): MetricDatum[] {
  const dimensions = { LoadBalancer: names.loadBalancer, TargetGroup: names.targetGroup };
  return [
    datum('HealthyHostCount', hosts.healthy, dimensions),
    datum('UnHealthyHostCount', hosts.unhealthy, dimensions),
  ];
}
