import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/config.ts';
import { unhealthyMinutes } from '../config/timing.ts';
import { runbook } from '../signals/runbook.ts';
import { ofColour, type Watched } from '../signals/target-group-metrics.ts';

export interface ColourAlarmsProps extends Watched {
  readonly family: string;
  readonly settings: Pick<ServiceConfig, 'alarms' | 'frozen'>;
}

interface Watch {
  readonly name: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** How many minutes have to breach, of how many. */
  readonly breaching: number;
  readonly evaluated: number;
}

const period = Duration.minutes(1);

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
export const alarmsOfDeploymentGroup = 10;

/**
 * The alarms behind CodeDeploy's automatic rollback: plain metric alarms on what the users of one
 * colour see. A colour without traffic has no data, which says nothing against it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function colourAlarms(scope: Construct, props: ColourAlarmsProps): Alarm[] {
  const { family } = props;
  return (['a', 'b'] as const).flatMap((colour) =>
    watches(props, colour).map(
      ({ name, says, metric, threshold, breaching, evaluated }) =>
        new Alarm(scope, `${name}-${colour}`, {
          alarmName: `${family}-${colour}-${name}`,
          alarmDescription: `Target group ${colour} of ${family}: ${says}. ${runbook('alarms-of-a-colour')}`,
          metric,
          threshold,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          datapointsToAlarm: breaching,
          evaluationPeriods: evaluated,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }),
    ),
  );
}

function watches({ settings, ...watched }: ColourAlarmsProps, colour: 'a' | 'b'): Watch[] {
  const { alarms, frozen } = settings;
  const { breaching, evaluated } = alarms;
  const metric = (metricName: string, statistic: string) => ofColour(watched, colour, metricName, statistic);
  const startMinutes = unhealthyMinutes(settings);
  return [
    {
      name: 'errors',
      says: `${alarms.errorPercent} % of at least ${alarms.minimumRequests} requests in a minute are answered with 5xx`,
      metric: errorPercent(metric('RequestCount', Stats.SUM), metric('HTTPCode_Target_5XX_Count', Stats.SUM), alarms),
      threshold: alarms.errorPercent,
      breaching,
      evaluated,
    },
    {
      name: 'connections',
      says: `${alarms.connectionErrors} connections in a minute failed`,
      metric: metric('TargetConnectionErrorCount', Stats.SUM),
      threshold: alarms.connectionErrors,
      breaching,
      evaluated,
    },
    {
      name: 'latency',
      says: `one answer in a hundred takes ${alarms.p99Ms} ms or longer`,
      metric: metric('TargetResponseTime', Stats.p(99)),
      threshold: alarms.p99Ms / 1000,
      breaching,
      evaluated,
    },
    {
      name: 'unhealthy',
      says: `a task has failed its health checks for longer than the ${frozen.graceSeconds} seconds that a start may take`,
      metric: metric('UnHealthyHostCount', Stats.MAXIMUM),
      threshold: 1,
      breaching: startMinutes,
      evaluated: startMinutes,
    },
  ];
}

/** A minute with few requests is none to judge by; one without an error has no data point for errors. */
function errorPercent(requests: Metric, errors: Metric, { minimumRequests }: ServiceConfig['alarms']): MathExpression {
  return new MathExpression({
    label: 'errors in percent',
    expression: `IF(requests >= ${minimumRequests}, 100 * FILL(errors, 0) / requests, 0)`,
    usingMetrics: { requests, errors },
    period,
  });
}
