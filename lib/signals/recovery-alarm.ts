import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import { runbook } from './runbook.ts';

/**
 * Calls people when a release was abandoned and its recovery could not even be started: EventBridge has then given up,
 * and left the event in the queue that the release stack names. A queue that is empty and that nobody uses reports
 * nothing (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html),
 * so that no data is good.
 */
export function recoveryAlarm(scope: Construct, environment: string, topic: ITopic): void {
  const { prefix, unrecoveredQueue } = environmentNames(environment);
  const alarm = new Alarm(scope, 'Unrecovered', {
    alarmName: `${prefix}-release-not-recovered`,
    alarmDescription: `[page] A release of ${environment} was abandoned, and its recovery could not be started. ${runbook('an-abandoned-release-was-not-recovered')}`,
    metric: new Metric({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensionsMap: { QueueName: unrecoveredQueue },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}
