import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

export interface Watched {
  readonly targetGroups: { readonly a: CfnTargetGroup; readonly b: CfnTargetGroup };
  /** Full name of the load balancer, as its metrics carry it. */
  readonly loadBalancer: string;
}

/**
 * A metric of one target group
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
 */
export function ofColour(
  { targetGroups, loadBalancer }: Watched,
  colour: 'a' | 'b',
  metricName: string,
  statistic: string,
  period = Duration.minutes(1),
): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    statistic,
    period,
    dimensionsMap: { TargetGroup: targetGroups[colour].attrTargetGroupFullName, LoadBalancer: loadBalancer },
  });
}
