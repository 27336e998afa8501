import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ServiceNames } from '../../lambda/domain/names.ts';
import type { Freshness } from '../../lambda/domain/slo.ts';
import { runbook } from './runbook.ts';

/** Which minutes of a service are told apart: all that it told of, and those in which it was fresh. */
type FreshnessMetric = 'lag' | 'fresh';

/**
 * Longer than a task takes to be replaced when nothing else serves, and than a rehearsal's tasks run on a copy of the
 * data, of which they tell too. In a release there is no gap: blue tells of itself until green does.
 */
const minutesToCall = 15;

/** The namespace is that of the service's releases: a dimension would need the task to know how it is called here. */
export function freshnessMetric(
  environment: string,
  service: string,
  name: FreshnessMetric,
  statistic: string,
): Metric {
  return new Metric({
    namespace: `Understudy/${environment}/${service}`,
    metricName: name,
    statistic,
    period: Duration.minutes(1),
  });
}

export interface FreshnessAlarmProps {
  readonly environment: string;
  readonly service: string;
  readonly names: Pick<ServiceNames, 'family' | 'logGroup'>;
  readonly freshness: Freshness;
  readonly topic: ITopic;
}

/**
 * Whether a service's background work is done in time, from what the service itself logs once a minute, as JSON:
 * `event: "freshness"` and `lagSeconds`
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
 *
 * The alarm is for people: the colours work on one queue, and a lag says nothing about which of them causes it.
 */
export class FreshnessAlarm extends Construct {
  constructor(scope: Construct, id: string, props: FreshnessAlarmProps) {
    super(scope, id);
    const { environment, service, names, freshness, topic } = props;
    const filter = (name: FreshnessMetric, condition: string, metricValue: string, unit: string) =>
      new CfnMetricFilter(this, name, {
        logGroupName: names.logGroup,
        filterPattern: `{ $.event = "freshness" && $.lagSeconds ${condition} }`,
        metricTransformations: [
          { metricNamespace: `Understudy/${environment}/${service}`, metricName: name, metricValue, unit },
        ],
      });
    filter('lag', '>= 0', '$.lagSeconds', 'Seconds');
    filter('fresh', `<= ${freshness.thresholdSeconds}`, '1', 'Count');

    const alarm = new Alarm(this, 'Alarm', {
      alarmName: `${names.family}-not-fresh`,
      alarmDescription:
        `[ticket] For ${minutesToCall} minutes, ${service} has been more than ${freshness.thresholdSeconds} seconds behind with its background work, or has not said how far. ` +
        runbook('background-work-is-behind'),
      metric: freshnessMetric(environment, service, 'lag', Stats.MAXIMUM),
      threshold: freshness.thresholdSeconds,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutesToCall,
      // Who says nothing is not fresh.
      treatMissingData: TreatMissingData.BREACHING,
    });
    const action = new SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
