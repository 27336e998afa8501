import type { AlarmStateChange } from './cloudwatch.ts';

/**
 * The event that CloudWatch sends to the default bus when an alarm changes its state
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
 */
export interface AlarmStateChangeEvent {
  readonly source: 'aws.cloudwatch';
  readonly 'detail-type': 'CloudWatch Alarm State Change';
  readonly resources: readonly string[];
  readonly detail: {
    readonly alarmName: string;
    readonly state: { readonly value: string; readonly reason: string; readonly timestamp: string };
    readonly previousState: { readonly value: string };
  };
}

export function alarmStateChangeEvent({ alarm, previous }: AlarmStateChange): AlarmStateChangeEvent {
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: { value: alarm.state, reason: alarm.reason, timestamp: new Date(alarm.changedAt).toISOString() },
      previousState: { value: previous },
    },
  };
}
