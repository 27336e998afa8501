import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  type MetricProps,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/config.ts';

export interface ColourAlarmsProps {
  readonly family: string;
  readonly targetGroups: { readonly a: CfnTargetGroup; readonly b: CfnTargetGroup };
  /** Full name of the load balancer, as its metrics carry it. */
  readonly loadBalancer: string;
  readonly thresholds: ServiceConfig['alarms'];
}

/**
 * The alarms behind CodeDeploy's automatic rollback: plain metric alarms on what the users of one
 * colour see, three for each target group, well below the ten that a deployment group takes
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html). A colour without traffic has
 * no data, which says nothing against it.
 */
export function colourAlarms(scope: Construct, props: ColourAlarmsProps): Alarm[] {
  const { thresholds, family } = props;
  return (['a', 'b'] as const).flatMap((colour) => {
    const metric = (metricName: string, statistic: string) =>
      ({
        namespace: 'AWS/ApplicationELB',
        metricName,
        statistic,
        period: Duration.minutes(1),
        dimensionsMap: {
          TargetGroup: props.targetGroups[colour].attrTargetGroupFullName,
          LoadBalancer: props.loadBalancer,
        },
      }) satisfies MetricProps;
    const alarm = (name: string, description: string, metricProps: MetricProps, threshold: number) =>
      new Alarm(scope, `${name}-${colour}`, {
        alarmName: `${family}-${colour}-${name}`,
        alarmDescription: `Target group ${colour} of ${family}: ${description}`,
        metric: new Metric(metricProps),
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: thresholds.breaching,
        evaluationPeriods: thresholds.evaluated,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    return [
      alarm('errors', 'answers with 5xx', metric('HTTPCode_Target_5XX_Count', Stats.SUM), thresholds.serverErrors),
      alarm(
        'connections',
        'connections that failed',
        metric('TargetConnectionErrorCount', Stats.SUM),
        thresholds.connectionErrors,
      ),
      alarm('latency', 'slow answers', metric('TargetResponseTime', Stats.p(95)), thresholds.p95Ms / 1000),
    ];
  });
}
