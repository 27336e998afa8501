import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { alarmStateChangeEvent } from '../../../local/cloudwatch/alarm-event.ts';
import { type AlarmStateChange, CloudWatch } from '../../../local/cloudwatch/cloudwatch.ts';
import { cloudWatchOperations } from '../../../local/cloudwatch/operations.ts';
import { cloudWatchProvisions } from '../../../local/cloudwatch/provisions.ts';

const seconds = 1000;
const midnight = Date.parse('2026-01-05T00:00:00Z');
const metric = { namespace: 'AWS/ApplicationELB', name: 'HTTPCode_Target_5XX_Count', dimensions: { TargetGroup: 'b' } };

function stage(publishingDelaySeconds = 60) {
  const clock = new VirtualClock(midnight);
  const changes: AlarmStateChange[] = [];
  const cloudWatch = new CloudWatch({
    clock,
    region: 'us-east-1',
    account: '111111111111',
    publishingDelaySeconds,
    onStateChange: (change) => changes.push(change),
  });
  return { clock, cloudWatch, changes, operations: cloudWatchOperations(cloudWatch) };
}

function errorsAlarm(changes: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput {
  return {
    AlarmName: 'errors',
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: [{ Name: 'TargetGroup', Value: 'b' }],
    Statistic: 'Sum',
    Period: 60,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
    ...changes,
  };
}

async function failFor(minutes: number, { clock, cloudWatch }: ReturnType<typeof stage>): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    cloudWatch.put({ ...metric, value: 5 });
    await clock.advance(60 * seconds);
  }
}

describe('CloudWatch', () => {
  test('shows a minute’s data point once the minute is over and published (using-metric-math.html, on delays)', async () => {
    const { clock, cloudWatch } = stage(30);
    cloudWatch.put({ ...metric, value: 2 });
    cloudWatch.put({ ...metric, value: 3 });
    const seen = () =>
      cloudWatch.store.read(
        { metric, statistic: 'Sum', periodMs: 60_000, start: midnight, end: midnight + 600_000 },
        clock.now(),
      );
    await clock.advance(89 * seconds);
    expect(seen().size).toBe(0);
    await clock.advance(1 * seconds);
    expect([...seen()]).toEqual([[midnight, 5]]);
  });

  test('keeps metrics with other dimensions apart (cloudwatch_concepts.html#Dimension)', async () => {
    const { clock, cloudWatch } = stage(0);
    cloudWatch.put({ ...metric, dimensions: { TargetGroup: 'a' }, value: 1 });
    cloudWatch.put({ ...metric, dimensions: { TargetGroup: 'b', LoadBalancer: 'l' }, value: 1 });
    await clock.advance(120 * seconds);
    const range = { statistic: 'Sum', periodMs: 60_000, start: midnight, end: midnight + 120_000 };
    expect(cloudWatch.store.read({ metric, ...range }, clock.now()).size).toBe(0);
  });

  test.each([
    ['Sum', 110],
    ['Average', 11],
    ['Maximum', 101],
    ['Minimum', 1],
    ['SampleCount', 10],
    ['p90', 1],
    ['p99', 101],
  ])('gives the statistic %s (Statistics-definitions.html)', async (statistic, expected) => {
    const { clock, cloudWatch } = stage(0);
    cloudWatch.put({ ...metric, value: 1, count: 9 });
    cloudWatch.put({ ...metric, value: 101 });
    await clock.advance(60 * seconds);
    const query = { metric, statistic, periodMs: 60_000, start: midnight, end: midnight + 60_000 };
    expect([...cloudWatch.store.read(query, clock.now()).values()]).toEqual([expected]);
  });

  test('alarms after M of N periods have breached, and not before (alarm-evaluation.html)', async () => {
    const running = stage(0);
    running.cloudWatch.putAlarm(errorsAlarm());
    expect(running.cloudWatch.alarmState('errors')).toBe('INSUFFICIENT_DATA');
    await failFor(1, running);
    expect(running.cloudWatch.alarmState('errors')).toBe('OK');
    await failFor(1, running);
    expect(running.cloudWatch.alarmState('errors')).toBe('ALARM');
  });

  test('is later by as much as publishing is', async () => {
    const running = stage(60);
    running.cloudWatch.putAlarm(errorsAlarm());
    await failFor(2, running);
    expect(running.cloudWatch.alarmState('errors')).toBe('OK');
    await running.clock.advance(60 * seconds);
    expect(running.cloudWatch.alarmState('errors')).toBe('ALARM');
  });

  test('goes back to OK when the breaches are out of its range, and tells EventBridge of both', async () => {
    const running = stage(0);
    running.cloudWatch.putAlarm(errorsAlarm());
    await failFor(2, running);
    await running.clock.advance(600 * seconds);
    expect(running.cloudWatch.alarmState('errors')).toBe('OK');
    const told = running.changes.map((change) => alarmStateChangeEvent(change).detail.previousState.value);
    expect(told).toEqual(['INSUFFICIENT_DATA', 'OK', 'ALARM']);
  });

  test('evaluates an alarm on an error rate over enough requests', async () => {
    const running = stage(0);
    const stat = (MetricName: string) => ({
      Metric: { Namespace: metric.namespace, MetricName, Dimensions: [{ Name: 'TargetGroup', Value: 'b' }] },
      Period: 60,
      Stat: 'Sum',
    });
    running.cloudWatch.putAlarm({
      AlarmName: 'rate',
      Metrics: [
        { Id: 'rate', Expression: 'IF(requests >= 10, 100 * FILL(errors, 0) / requests)', ReturnData: true },
        { Id: 'errors', MetricStat: stat('HTTPCode_Target_5XX_Count'), ReturnData: false },
        { Id: 'requests', MetricStat: stat('RequestCount'), ReturnData: false },
      ],
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    running.cloudWatch.put({ ...metric, name: 'RequestCount', value: 9 });
    await failFor(1, running);
    expect(running.cloudWatch.alarmState('rate')).toBe('OK');
    running.cloudWatch.put({ ...metric, name: 'RequestCount', value: 50 });
    await failFor(1, running);
    expect(running.cloudWatch.alarmState('rate')).toBe('ALARM');
  });

  test('keeps a state that was set only until the next evaluation (API_SetAlarmState.html)', async () => {
    const { clock, cloudWatch, operations } = stage(0);
    cloudWatch.putAlarm(errorsAlarm());
    operations.SetAlarmState({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' });
    expect(cloudWatch.alarmState('errors')).toBe('ALARM');
    await clock.advance(60 * seconds);
    expect(cloudWatch.alarmState('errors')).toBe('OK');
  });

  test('answers GetMetricData newest first, and only for the queries that return data (API_GetMetricData.html)', async () => {
    const running = stage(0);
    await failFor(3, running);
    const answer = running.operations.GetMetricData({
      StartTime: new Date(midnight),
      EndTime: new Date(midnight + 180_000),
      MetricDataQueries: [
        {
          Id: 'm1',
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.name,
              Dimensions: [{ Name: 'TargetGroup', Value: 'b' }],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
        { Id: 'doubled', Expression: 'm1 * 2' },
      ],
    });
    expect(answer).toMatchObject({
      MetricDataResults: [
        {
          Id: 'doubled',
          StatusCode: 'Complete',
          Values: [10, 10, 10],
          Timestamps: [120_000, 60_000, 0].map((after) => new Date(midnight + after)),
        },
      ],
    });
  });

  test('creates the alarms of a template, and describes them by name', async () => {
    const { cloudWatch, operations } = stage();
    const provision = cloudWatchProvisions(cloudWatch)['AWS::CloudWatch::Alarm'];
    const { AlarmName: _, ...properties } = errorsAlarm();
    const provisioned = await provision?.({
      stack: 'delivery',
      logicalId: 'Errors',
      type: 'AWS::CloudWatch::Alarm',
      properties,
    });
    expect(provisioned).toEqual({
      ref: 'delivery-Errors',
      attributes: { Arn: 'arn:aws:cloudwatch:us-east-1:111111111111:alarm:delivery-Errors' },
    });
    cloudWatch.putAlarm(errorsAlarm());
    const answer = operations.DescribeAlarms({ AlarmNames: ['delivery-Errors', 'gone'] });
    expect(answer).toMatchObject({
      MetricAlarms: [{ AlarmName: 'delivery-Errors', StateValue: 'INSUFFICIENT_DATA', DatapointsToAlarm: 2 }],
    });
  });

  test('refuses an alarm that it cannot evaluate, in words that say why', () => {
    const { cloudWatch } = stage();
    expect(() => cloudWatch.putAlarm(errorsAlarm({ TreatMissingData: 'guess' }))).toThrow(/one of missing.*not guess/);
    expect(() => cloudWatch.putAlarm(errorsAlarm({ ComparisonOperator: 'LessThanLowerThreshold' }))).toThrow(
      'compares with a fixed threshold',
    );
  });
});
