import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { possibleBurnRates, windowText } from './burn-rate-windows.ts';
import type { Objective } from './objectives.ts';
import { runbook } from './runbook.ts';

/**
 * How fast an objective's error budget burns over one look-back window, as Application Signals publishes it
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-ServiceLevelObjectives.html#CloudWatch-ServiceLevelObjectives-burn).
 */
export function burnRate(objective: Pick<Objective, 'name'>, minutes: number): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationSignals',
    metricName: 'BurnRate',
    dimensionsMap: { SloName: objective.name, BurnRateWindowMinutes: String(minutes) },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(1),
  });
}

/**
 * One composite alarm for each burn rate, which calls people while both windows burn that fast. They are for people
 * and never stop a deployment: the judge is faster, and knows the colour.
 */
export function burnRateAlarms(scope: Construct, objective: Objective, topic: ITopic): CompositeAlarm[] {
  const action = new SnsAction(topic);
  return possibleBurnRates(objective.target).map(({ factor, long, short, urgency }) => {
    const halves = [long, short].map((minutes) => half(scope, objective, factor, minutes));
    const alarm = new CompositeAlarm(scope, `${objective.kind}-${factor}x`, {
      compositeAlarmName: `${objective.name}-burns-${factor}x`,
      alarmDescription:
        `[${urgency}] The error budget of ${objective.name} burns ${factor} times too fast, over ${windowText(long)} and over the last ${windowText(short)}. ` +
        runbook('error-budget-burns'),
      alarmRule: AlarmRule.allOf(...halves.map((each) => AlarmRule.fromAlarm(each, AlarmState.ALARM))),
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
}

/** Where nobody asks, nothing burns. */
function half(scope: Construct, objective: Objective, factor: number, minutes: number): Alarm {
  const window = windowText(minutes);
  const alarm = new Alarm(scope, `${objective.kind}-${factor}x-${window}`, {
    alarmName: `${objective.name}-burns-${factor}x-${window}`,
    alarmDescription: `${objective.name} burns ${factor} times too fast over ${window}; half of a composite alarm. ${runbook('error-budget-burns')}`,
    metric: burnRate(objective, minutes),
    threshold: factor,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.node.addDependency(objective.resource);
  return alarm;
}
