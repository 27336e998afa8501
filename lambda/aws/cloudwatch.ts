import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { TrafficCount } from '../domain/judge/users.ts';
import type { AlarmReading } from '../domain/verdict.ts';
import { loadBalancerDimension, targetGroupDimension } from './elb.ts';

const client = new CloudWatchClient({});

/** The alarms' states, in the order asked for; null for one that does not exist. */
export async function alarmStates(names: readonly string[]): Promise<AlarmReading[]> {
  if (names.length === 0) return [];
  const { MetricAlarms } = await client.send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }),
  );
  return names.map((name) => {
    const alarm = MetricAlarms?.find((each) => each.AlarmName === name);
    return { name, state: alarm?.StateValue ?? null, targetGroup: alarm === undefined ? null : watchedGroup(alarm) };
  });
}

function watchedGroup({ Dimensions, Metrics }: MetricAlarm): string | null {
  const all = [...(Dimensions ?? []), ...(Metrics ?? []).flatMap((each) => each.MetricStat?.Metric?.Dimensions ?? [])];
  const groups = new Set(all.flatMap(({ Name, Value }) => (Name === 'TargetGroup' && Value ? [Value] : [])));
  const [only] = groups;
  return groups.size === 1 ? (only ?? null) : null;
}

const errorMetrics = ['HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'];
const minute = 60;
const hour = 3600;

/** Requests and errors of one target group from `from` to `to`, by minutes, which CloudWatch keeps for 15 days. */
export function trafficCount(
  loadBalancerArn: string,
  targetGroupArn: string,
  from: string,
  to: string,
): Promise<TrafficCount> {
  return count(loadBalancerArn, targetGroupArn, { from: Date.parse(from), to: Date.parse(to), period: minute });
}

/**
 * Requests and errors of one target group in the days before `now`, by hours: points older than 63 days are kept
 * by the hour only (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html), and
 * 90 days of hours, 6,480 points, are far below the 100,800 of one answer
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html).
 */
export function errorCount(
  loadBalancerArn: string,
  targetGroupArn: string,
  days: number,
  now: string,
): Promise<TrafficCount> {
  const to = Date.parse(now);
  return count(loadBalancerArn, targetGroupArn, { from: to - days * 24 * hour * 1000, to, period: hour });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
async function count(
  loadBalancerArn: string,
  targetGroupArn: string,
  { from, to, period }: { readonly from: number; readonly to: number; readonly period: number },
): Promise<TrafficCount> {
  const metrics = ['RequestCount', ...errorMetrics];
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      // A period's data point carries the period's start as its time.
      StartTime: new Date(Math.floor(from / (period * 1000)) * period * 1000),
      EndTime: new Date(to),
      MetricDataQueries: metrics.map((MetricName, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Stat: 'Sum',
          Period: period,
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
