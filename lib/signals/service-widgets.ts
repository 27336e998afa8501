import { Duration } from 'aws-cdk-lib';
import {
  Color,
  GraphWidget,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { serviceNames, stepFunctionName } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { serviceConfig } from '../service/service-props.ts';
import { burnRate } from './burn-rate-alarms.ts';
import { possibleBurnRates, windowText } from './burn-rate-windows.ts';
import { freshnessMetric } from './freshness.ts';
import { marked, type ReleaseMetrics } from './release-metrics.ts';
import { ofColour, type Watched } from './target-group-metrics.ts';

export interface ServiceWidgetsProps {
  readonly config: EnvironmentConfig;
  readonly service: string;
  readonly watched: Watched;
  readonly releases: ReleaseMetrics;
}

const colours = ['a', 'b'] as const;

/** Rows of a dashboard: is the promise kept, what do users get, and what did the releases do to it. */
export function serviceWidgets(props: ServiceWidgetsProps): IWidget[][] {
  const { config, service } = props;
  const { slo } = serviceConfig({ config, service });
  const promise =
    `${slo.availability * 100} % without a server error, ${slo.latency.target * 100} % within ` +
    `${slo.latency.thresholdMs} ms, in ${slo.windowDays} days`;
  return [
    [new TextWidget({ markdown: `# ${service}\n${promise}`, width: 24, height: 2 })],
    [budget(props), burns(props, 'availability'), burns(props, 'latency')],
    [traffic(props), errors(props), latency(props)],
    ...freshness(props),
    [releaseTable(props)],
  ];
}

/** Counted from the left edge on: over the window of the promise, what is left at its right end is the budget that is left. */
function budget({ config, service, watched }: ServiceWidgetsProps): IWidget {
  const { slo } = serviceConfig({ config, service });
  const period = Duration.hours(1);
  const metric = (name: string, colour: 'a' | 'b') => ofColour(watched, colour, name, 'Sum', period);
  const failed = 'FILL(ea, 0) + FILL(eb, 0) + FILL(ca, 0) + FILL(cb, 0)';
  return new GraphWidget({
    title: `Error budget left, percent, of the last ${slo.windowDays} days`,
    left: [
      new MathExpression({
        label: 'availability',
        expression: `100 * (1 - RUNNING_SUM(${failed}) / RUNNING_SUM(FILL(ra, 0) + FILL(rb, 0)) / ${Number((1 - slo.availability).toFixed(8))})`,
        usingMetrics: {
          ra: metric('RequestCount', 'a'),
          rb: metric('RequestCount', 'b'),
          ea: metric('HTTPCode_Target_5XX_Count', 'a'),
          eb: metric('HTTPCode_Target_5XX_Count', 'b'),
          ca: metric('TargetConnectionErrorCount', 'a'),
          cb: metric('TargetConnectionErrorCount', 'b'),
        },
        period,
      }),
    ],
    leftAnnotations: [{ value: 0, label: 'spent: features are refused', color: Color.RED }],
    leftYAxis: { max: 100 },
    start: `-P${slo.windowDays}D`,
    end: 'P0D',
    period,
    width: 8,
  });
}

function burns({ config, service }: ServiceWidgetsProps, kind: 'availability' | 'latency'): IWidget {
  const { slo } = serviceConfig({ config, service });
  const target = kind === 'availability' ? slo.availability : slo.latency.target;
  const name = `${serviceNames(config.name, service).family}-${kind}`;
  const rates = possibleBurnRates(target);
  return new GraphWidget({
    title: `How fast ${kind} burns`,
    left: rates.map(({ long }) => burnRate({ name }, long).with({ label: `over ${windowText(long)}` })),
    leftAnnotations: rates.map(({ factor, urgency }) => ({ value: factor, label: `${factor}x: ${urgency}` })),
    leftYAxis: { min: 0 },
    width: 8,
  });
}

function traffic({ service, watched, releases }: ServiceWidgetsProps): IWidget {
  return new GraphWidget({
    title: 'Requests by colour, and releases',
    left: colours.map((colour) => ofColour(watched, colour, 'RequestCount', 'Sum').with({ label: colour })),
    right: (['started', ...marked] as const).map((name) => releases.metric(service, name)),
    leftYAxis: { min: 0 },
    rightYAxis: { min: 0, max: 2, label: 'releases', showUnits: false },
    width: 8,
  });
}

function errors({ config, service, watched }: ServiceWidgetsProps): IWidget {
  const { alarms } = serviceConfig({ config, service });
  return new GraphWidget({
    title: 'Errors by colour, percent',
    left: colours.map(
      (colour) =>
        new MathExpression({
          label: colour,
          expression: `100 * FILL(errors_${colour}, 0) / requests_${colour}`,
          usingMetrics: {
            [`requests_${colour}`]: ofColour(watched, colour, 'RequestCount', 'Sum'),
            [`errors_${colour}`]: ofColour(watched, colour, 'HTTPCode_Target_5XX_Count', 'Sum'),
          },
          period: Duration.minutes(1),
        }),
    ),
    leftAnnotations: [{ value: alarms.errorPercent, label: 'alarm' }],
    leftYAxis: { min: 0 },
    width: 8,
  });
}

function latency({ config, service, watched }: ServiceWidgetsProps): IWidget {
  const { slo, alarms } = serviceConfig({ config, service });
  return new GraphWidget({
    title: 'Latency by colour, seconds',
    left: colours.flatMap((colour) =>
      ['p50', 'p99'].map((statistic) =>
        ofColour(watched, colour, 'TargetResponseTime', statistic).with({ label: `${colour} ${statistic}` }),
      ),
    ),
    leftAnnotations: [
      { value: slo.latency.thresholdMs / 1000, label: 'promise' },
      { value: alarms.p99Ms / 1000, label: 'alarm of p99' },
    ],
    leftYAxis: { min: 0 },
    width: 8,
  });
}

/** Only for a service that promises it. Minutes in which nothing was logged are not counted: the alarm takes those. */
function freshness({ config, service }: ServiceWidgetsProps): IWidget[][] {
  const { slo } = serviceConfig({ config, service });
  if (slo.freshness === undefined) return [];
  const { thresholdSeconds, target } = slo.freshness;
  const period = Duration.hours(1);
  const metric = (name: 'lag' | 'fresh', statistic: string) => freshnessMetric(config.name, service, name, statistic);
  return [
    [
      new GraphWidget({
        title: 'How far background work is behind, seconds',
        left: [metric('lag', 'Maximum').with({ label: 'behind' })],
        leftAnnotations: [{ value: thresholdSeconds, label: 'promise' }],
        leftYAxis: { min: 0 },
        width: 12,
      }),
      new GraphWidget({
        title: `Fresh, percent, of the last ${slo.windowDays} days`,
        left: [
          new MathExpression({
            label: `within ${thresholdSeconds} seconds`,
            expression: '100 * RUNNING_SUM(FILL(fresh, 0)) / RUNNING_SUM(FILL(told, 0))',
            usingMetrics: {
              fresh: metric('fresh', 'Sum').with({ period }),
              told: metric('lag', 'SampleCount').with({ period }),
            },
            period,
          }),
        ],
        leftAnnotations: [{ value: target * 100, label: 'promise' }],
        leftYAxis: { max: 100 },
        start: `-P${slo.windowDays}D`,
        end: 'P0D',
        period,
        width: 12,
      }),
    ],
  ];
}

function releaseTable({ config, service }: ServiceWidgetsProps): IWidget {
  return new LogQueryWidget({
    title: `Releases of ${service}`,
    logGroupNames: [`/aws/lambda/${stepFunctionName(config.name, 'Close')}`],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'fields @timestamp',
      `filter @message like '"state":"Close"' and @message like '"service":"${service}"' and @message like '"outcome":'`,
      `parse @message '"release":"*"' as release`,
      `parse @message '"outcome":"*"' as outcome`,
      `parse @message '"reason":"*"' as reason`,
      'display @timestamp, release, outcome, reason',
      'sort @timestamp desc',
      'limit 20',
    ],
    width: 24,
  });
}
