import type { Clock } from '../clock/clock.ts';
import type { MetricDatum } from '../cloudwatch/metric.ts';
import type { Ecs } from './ecs.ts';
import { shortName } from './names.ts';

const minuteMs = 60_000;

export interface ContainerInsightsOptions {
  readonly clock: Clock;
  readonly ecs: Ecs;
  readonly putMetric: (datum: MetricDatum) => void;
}

/**
 * What enhanced Container Insights tell of a service's tasks that run: CPU and memory of each, every minute, where
 * the runtime knows them. The sums over a service and a cluster, which AWS publishes too, are left out.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html
 */
export function startContainerInsights(options: ContainerInsightsOptions): void {
  const { clock, ecs, putMetric } = options;
  // In the middle of each minute, where a late timer still hits the right one.
  const half = minuteMs / 2;
  const middle = Math.floor((clock.now() + half) / minuteMs) * minuteMs + half;
  clock.after(middle - clock.now(), () => {
    for (const datum of taskMetrics(ecs)) putMetric(datum);
    startContainerInsights(options);
  });
}

function taskMetrics(ecs: Ecs): MetricDatum[] {
  return ecs.tasks().flatMap(({ input, id, lastStatus, running }) => {
    const used = lastStatus === 'RUNNING' ? running?.usage?.() : undefined;
    const [kind, service = ''] = input.group.split(':');
    if (used === undefined || kind !== 'service' || !ecs.isEnhanced(input.clusterArn)) return [];
    const dimensions = { ClusterName: shortName(input.clusterArn), ServiceName: service, TaskId: id };
    const datum = (name: string, value: number): MetricDatum => ({
      namespace: 'ECS/ContainerInsights',
      name,
      value,
      dimensions,
    });
    return [datum('TaskCpuUtilization', used.cpuPercent), datum('TaskMemoryUtilization', used.memoryPercent)];
  });
}
