import { CfnServiceLevelObjective } from 'aws-cdk-lib/aws-applicationsignals';
import type { Construct } from 'constructs';
import type { Slo } from '../../lambda/domain/slo.ts';
import { burnRates } from './burn-rate-windows.ts';
import { ofColour, type Watched } from './target-group-metrics.ts';

export type ObjectiveName = 'availability' | 'latency';

export interface ObjectivesProps extends Watched {
  readonly family: string;
  readonly slo: Slo;
}

export interface Objective {
  /** Of the objective in Application Signals, which its metrics carry as `SloName`. */
  readonly name: string;
  readonly kind: ObjectiveName;
  /** Share of good requests. */
  readonly target: number;
  readonly resource: CfnServiceLevelObjective;
}

type Query = CfnServiceLevelObjective.MetricDataQueryProperty;

/**
 * What a service promises, counted in requests, with the burn rates that the alarms look at: CloudWatch
 * Application Signals publishes one for each look-back window (docs/adr/0035-burn-rates.md). It takes any
 * metrics, and makes its service-linked role with the first objective
 * (https://docs.aws.amazon.com/applicationsignals/latest/APIReference/API_CreateServiceLevelObjective.html).
 */
export function objectives(scope: Construct, props: ObjectivesProps): Objective[] {
  const { slo } = props;
  return [
    objective(scope, props, 'availability', slo.availability, { badCountMetric: failed(props) }),
    objective(scope, props, 'latency', slo.latency.target, { goodCountMetric: fast(props, slo.latency.thresholdMs) }),
  ];
}

function objective(
  scope: Construct,
  props: ObjectivesProps,
  kind: ObjectiveName,
  target: number,
  monitoredRequestCountMetric: CfnServiceLevelObjective.MonitoredRequestCountMetricProperty,
): Objective {
  const name = `${props.family}-${kind}`;
  const resource = new CfnServiceLevelObjective(scope, `Objective-${kind}`, {
    name,
    description: `${kind} of ${props.family}, both colours together`,
    requestBasedSli: {
      requestBasedSliMetric: { totalRequestCountMetric: total(props), monitoredRequestCountMetric },
    },
    goal: {
      attainmentGoal: percent(target),
      interval: { rollingInterval: { duration: props.slo.windowDays, durationUnit: 'DAY' } },
    },
    burnRateConfigurations: windows().map((lookBackWindowMinutes) => ({ lookBackWindowMinutes })),
  });
  return { name, kind, target, resource };
}

/** Without the tails that binary fractions leave: 99.9, not 99.90000000000001. */
const percent = (share: number): number => Number((share * 100).toFixed(6));

const windows = (): number[] =>
  [...new Set(burnRates.flatMap(({ long, short }) => [long, short]))].toSorted((one, other) => one - other);

function query(id: string, watched: Watched, colour: 'a' | 'b', metricName: string, stat: string): Query {
  const metric = ofColour(watched, colour, metricName, stat);
  const dimensions = Object.entries(metric.dimensions ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  return {
    id: `${id}${colour}`,
    metricStat: { metric: { namespace: metric.namespace, metricName, dimensions }, period: 60, stat },
    returnData: false,
  };
}

const sum = (id: string, expression: string, queries: readonly Query[]): Query[] => [
  ...queries,
  { id, expression, returnData: true },
];

const both = (id: string, watched: Watched, metricName: string, stat = 'Sum'): Query[] =>
  (['a', 'b'] as const).map((colour) => query(id, watched, colour, metricName, stat));

const total = (watched: Watched): Query[] =>
  sum('total', 'FILL(ra, 0) + FILL(rb, 0)', both('r', watched, 'RequestCount'));

const failed = (watched: Watched): Query[] =>
  sum('failed', 'FILL(ea, 0) + FILL(eb, 0) + FILL(ca, 0) + FILL(cb, 0)', [
    ...both('e', watched, 'HTTPCode_Target_5XX_Count'),
    ...both('c', watched, 'TargetConnectionErrorCount'),
  ]);

/**
 * The percentile rank is the share of answers, in percent, that took no longer than the threshold, in seconds
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html).
 */
const fast = (watched: Watched, thresholdMs: number): Query[] =>
  sum('fast', '(FILL(ra, 0) * FILL(la, 0) + FILL(rb, 0) * FILL(lb, 0)) / 100', [
    ...both('r', watched, 'RequestCount'),
    ...both('l', watched, 'TargetResponseTime', `PR(:${thresholdMs / 1000})`),
  ]);
