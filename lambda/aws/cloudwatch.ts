import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { TrafficCount } from '../domain/judge-under-traffic.ts';
import type { AlarmReading } from '../domain/verdict.ts';
import { loadBalancerDimension, targetGroupDimension } from './elb.ts';

const client = new CloudWatchClient({});

/** The alarms' states, in the order asked for; null for one that does not exist. */
export async function alarmStates(names: readonly string[]): Promise<AlarmReading[]> {
  if (names.length === 0) return [];
  const { MetricAlarms } = await client.send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }),
  );
  return names.map((name) => ({
    name,
    state: MetricAlarms?.find((alarm) => alarm.AlarmName === name)?.StateValue ?? null,
  }));
}

const errorMetrics = ['HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'];
const periodSeconds = 60;

/**
 * Requests and errors of one target group from `from` to `to`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export async function trafficCount(
  loadBalancerArn: string,
  targetGroupArn: string,
  from: string,
  to: string,
): Promise<TrafficCount> {
  const metrics = ['RequestCount', ...errorMetrics];
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: startOfPeriod(from),
      EndTime: new Date(to),
      MetricDataQueries: metrics.map((MetricName, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Stat: 'Sum',
          Period: periodSeconds,
          Metric: {
            Namespace: 'AWS/ApplicationELB',
            MetricName,
            Dimensions: [
              { Name: 'LoadBalancer', Value: loadBalancerDimension(loadBalancerArn) },
              { Name: 'TargetGroup', Value: targetGroupDimension(targetGroupArn) },
            ],
          },
        },
      })),
    }),
  );
  const sum = (index: number): number =>
    (MetricDataResults?.find((each) => each.Id === `m${index}`)?.Values ?? []).reduce(
      (total, value) => total + value,
      0,
    );
  return { requests: sum(0), errors: errorMetrics.reduce((total, _, index) => total + sum(index + 1), 0) };
}

/** A period's data point carries the period's start as its time. */
function startOfPeriod(at: string): Date {
  const period = periodSeconds * 1000;
  return new Date(Math.floor(Date.parse(at) / period) * period);
}
