import type {
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricAlarm,
  PutMetricAlarmCommandInput,
  PutMetricDataCommandInput,
  SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Alarm } from './alarm.ts';
import type { CloudWatch } from './cloudwatch.ts';
import { single } from './math.ts';
import { queryMetricData } from './metric-data.ts';

type Output<T> = Omit<T, '$metadata'>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export function cloudWatchOperations(model: CloudWatch) {
  return {
    DescribeAlarms: (input: DescribeAlarmsCommandInput) => describeAlarms(model, input),
    GetMetricData: (input: GetMetricDataCommandInput) => getMetricData(model, input),
    PutMetricAlarm: (input: PutMetricAlarmCommandInput) => {
      model.putAlarm(input);
      return {};
    },
    PutMetricData: (input: PutMetricDataCommandInput) => putMetricData(model, input),
    SetAlarmState: (input: SetAlarmStateCommandInput) => setAlarmState(model, input),
  } satisfies Operations;
}

function describeAlarms(model: CloudWatch, input: DescribeAlarmsCommandInput): Output<DescribeAlarmsCommandOutput> {
  const found = model
    .alarms()
    .filter((alarm) => input.AlarmNames === undefined || input.AlarmNames.includes(alarm.name))
    .filter((alarm) => alarm.name.startsWith(input.AlarmNamePrefix ?? ''))
    .filter((alarm) => input.StateValue === undefined || alarm.state === input.StateValue);
  return { MetricAlarms: found.map(describeAlarm), CompositeAlarms: [] };
}

function describeAlarm(alarm: Alarm): MetricAlarm {
  const { Tags: _, ...definition } = alarm.definition;
  return {
    ...definition,
    AlarmArn: alarm.arn,
    ActionsEnabled: definition.ActionsEnabled ?? true,
    DatapointsToAlarm: alarm.rule.datapointsToAlarm,
    TreatMissingData: alarm.rule.treatMissingData,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: new Date(alarm.changedAt),
    StateTransitionedTimestamp: new Date(alarm.changedAt),
  };
}

function getMetricData(model: CloudWatch, input: GetMetricDataCommandInput): Output<GetMetricDataCommandOutput> {
  const queries = input.MetricDataQueries ?? [];
  const range = { start: input.StartTime?.getTime() ?? 0, end: input.EndTime?.getTime() ?? 0 };
  if (range.start >= range.end) {
    throw new ServiceError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  }
  const MetricDataResults = queries
    .filter((query) => query.ReturnData !== false)
    .map((query) => {
      const id = query.Id ?? '';
      const points = [...single(queryMetricData(queries, id, range, model.store, model.now))];
      points.sort(([a], [b]) => (input.ScanBy === 'TimestampAscending' ? a - b : b - a));
      return {
        Id: id,
        Label: query.Label ?? query.MetricStat?.Metric?.MetricName ?? id,
        StatusCode: 'Complete' as const,
        Timestamps: points.map(([at]) => new Date(at)),
        Values: points.map(([, value]) => value),
      };
    });
  return { MetricDataResults, Messages: [] };
}

function putMetricData(model: CloudWatch, input: PutMetricDataCommandInput): object {
  for (const datum of input.MetricData ?? []) {
    const dimensions = Object.fromEntries((datum.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
    const metric = { namespace: input.Namespace ?? '', name: datum.MetricName ?? '', dimensions };
    const at = datum.Timestamp?.getTime() ?? model.now;
    for (const value of datum.Values ?? [datum.Value ?? 0]) model.store.put({ ...metric, value }, at);
  }
  return {};
}

function setAlarmState(model: CloudWatch, input: SetAlarmStateCommandInput): object {
  const { AlarmName: name = '', StateValue: state = 'OK', StateReason: reason = '' } = input;
  if (!model.setAlarmState(name, state, reason)) {
    throw new ServiceError('ResourceNotFound', `There is no alarm '${name}'.`, 404);
  }
  return {};
}
