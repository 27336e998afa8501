import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { stepFunctionName } from '../../lambda/domain/names.ts';
import type { Outcome } from '../../lambda/domain/release.ts';
import { runbook } from './runbook.ts';

/** What a release may come to, and which of it a dashboard marks; the rest changed nothing. */
export const marked = ['released', 'rolled-back', 'needs-restore', 'failed'] as const satisfies readonly Outcome[];
export type Marked = (typeof marked)[number];

/**
 * Words that the step's log line of such an end contains. Lambda puts its own words before what a function logs, so
 * that the line is no JSON to a filter
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
 */
export function endWords(service: string, outcome: Marked): readonly string[] {
  return ['"state":"Close"', `"service":"${service}"`, `"outcome":"${outcome}"`];
}

/** A release has begun to change something when its revision is registered. */
export function startWords(service: string): readonly string[] {
  return ['"level":"info"', '"state":"Register"', `"service":"${service}"`];
}

const pattern = (words: readonly string[]): string =>
  words.map((word) => `"${word.replaceAll('"', String.raw`\"`)}"`).join(' ');

export interface ReleaseMetricsProps {
  readonly environment: string;
  readonly services: readonly string[];
  readonly topic: ITopic;
}

/**
 * Metrics of when releases begin and end, made from the log of the workflow, so that a dashboard can show them beside
 * the traffic: an annotation of its own would have to be deployed (docs/adr/0036-releases-on-the-dashboard.md).
 */
export class ReleaseMetrics extends Construct {
  private readonly environment: string;

  constructor(scope: Construct, id: string, { environment, services, topic }: ReleaseMetricsProps) {
    super(scope, id);
    this.environment = environment;
    for (const service of services) {
      this.filter(service, 'started', 'Register', startWords(service));
      for (const outcome of marked) this.filter(service, outcome, 'Close', endWords(service, outcome));
      this.callPeople(service, topic);
    }
  }

  /** How many releases of the service began, or came to this. */
  metric(service: string, name: 'started' | Marked, period = Duration.minutes(1)): Metric {
    return new Metric({ namespace: this.namespace(service), metricName: name, statistic: 'Sum', period, label: name });
  }

  private namespace(service: string): string {
    return `Understudy/${this.environment}/${service}`;
  }

  private filter(service: string, metricName: string, step: string, words: readonly string[]): void {
    new CfnMetricFilter(this, `${service}-${metricName}`, {
      logGroupName: `/aws/lambda/${stepFunctionName(this.environment, step)}`,
      filterPattern: pattern(words),
      metricTransformations: [
        { metricNamespace: this.namespace(service), metricName, metricValue: '1', unit: 'Count' },
      ],
    });
  }

  /** What the workflow itself cannot mend. */
  private callPeople(service: string, topic: ITopic): void {
    const alarm = new Alarm(this, `${service}-needs-people`, {
      alarmName: `understudy-${this.environment}-${service}-release-needs-people`,
      alarmDescription: `[page] A release of ${service} ended as failed or needs-restore. ${runbook('a-release-needs-people')}`,
      metric: new MathExpression({
        label: 'releases that need people',
        expression: 'FILL(failed, 0) + FILL(restore, 0)',
        usingMetrics: { failed: this.metric(service, 'failed'), restore: this.metric(service, 'needs-restore') },
        period: Duration.minutes(1),
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // There is a data point only when a release has ended.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }
}
