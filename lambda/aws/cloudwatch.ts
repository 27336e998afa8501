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

/**
 * One metric of Container Insights for each of some tasks, by minutes, oldest first: the values that the tasks have
 * in a minute. Metrics of single tasks exist only with enhanced observability, and none has a dimension for a task set:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html
 */
export async function taskMetric(of: {
  readonly cluster: string;
  readonly service: string;
  readonly tasks: readonly string[];
  readonly name: 'TaskCpuUtilization' | 'TaskMemoryUtilization';
  readonly from: string;
  readonly to: string;
}): Promise<{ readonly at: string; readonly values: readonly number[] }[]> {
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(of.from),
      EndTime: new Date(of.to),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: of.tasks.map((task, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Stat: 'Average',
          Period: minute,
          Metric: {
            Namespace: 'ECS/ContainerInsights',
            MetricName: of.name,
            Dimensions: [
              { Name: 'ClusterName', Value: of.cluster },
              { Name: 'ServiceName', Value: of.service },
              { Name: 'TaskId', Value: task },
            ],
          },
        },
      })),
    }),
  );
  const byMinute = new Map<string, number[]>();
  for (const { Timestamps = [], Values = [] } of MetricDataResults ?? []) {
    for (const [index, time] of Timestamps.entries()) {
      const at = time.toISOString();
      byMinute.set(at, [...(byMinute.get(at) ?? []), Values[index] ?? 0]);
    }
  }
  return [...byMinute].map(([at, values]) => ({ at, values })).toSorted((a, b) => a.at.localeCompare(b.at));
}
