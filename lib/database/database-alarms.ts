import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/config.ts';
import { instanceMemory } from '../config/instance-memory.ts';
import { runbook } from '../signals/runbook.ts';

export interface DatabaseAlarmsProps {
  readonly name: string;
  readonly instance: DatabaseInstance;
  readonly settings: EnvironmentConfig['database'];
  readonly topic: ITopic;
}

interface Watch {
  readonly name: string;
  readonly says: string;
  readonly metric: Metric;
  /** The metric's own unit: bytes, percent, or a number of things. */
  readonly threshold: number;
  readonly below?: boolean;
  readonly minutes: number;
}

const period = Duration.minutes(5);

/**
 * What takes a database down when nobody looks, early enough to do something about it
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html).
 * For people; no release is judged by them.
 */
export function databaseAlarms(scope: Construct, props: DatabaseAlarmsProps): void {
  const { instance, settings } = props;
  const watches: Watch[] = [
    {
      name: 'storage',
      says: 'less than a tenth of the first size is free: automatic growth has come to its end, or does not keep up',
      metric: instance.metricFreeStorageSpace({ period, statistic: Stats.MINIMUM }),
      threshold: (settings.storageGb * 2 ** 30) / 10,
      below: true,
      minutes: 30,
    },
    {
      name: 'connections',
      says: `four fifths of its ${settings.maxConnections} connections are taken`,
      metric: instance.metricDatabaseConnections({ period, statistic: Stats.MAXIMUM }),
      threshold: Math.floor(settings.maxConnections * 0.8),
      minutes: 10,
    },
    {
      name: 'cpu',
      says: 'hardly any CPU time is left',
      metric: instance.metricCPUUtilization({ period, statistic: Stats.AVERAGE }),
      threshold: 90,
      minutes: 15,
    },
    {
      name: 'memory',
      says: 'less than a tenth of its memory is available, the file cache included',
      metric: instance.metricFreeableMemory({ period, statistic: Stats.MINIMUM }),
      threshold: Math.floor((instanceMemory(settings.instance) ?? 0) / 10),
      below: true,
      minutes: 15,
    },
    {
      name: 'transaction-ids',
      // PostgreSQL stops writing at two billion
      // (https://aws.amazon.com/blogs/database/implement-an-early-warning-system-for-transaction-id-wraparound-in-amazon-rds-for-postgresql/).
      says: 'half of all transaction ids are in use: vacuum does not keep up, and PostgreSQL will stop writing',
      metric: instance.metric('MaximumUsedTransactionIDs', { period, statistic: Stats.MAXIMUM }),
      threshold: 1_000_000_000,
      minutes: 5,
    },
  ];
  for (const watch of watches) alarm(scope, props, watch);
}

function alarm(scope: Construct, { name, topic }: DatabaseAlarmsProps, watch: Watch): void {
  const alarmed = new Alarm(scope, `Alarm-${watch.name}`, {
    alarmName: `${name}-database-${watch.name}`,
    alarmDescription: `[page] The database of ${name}: ${watch.says}. ${runbook('the-database-calls')}`,
    metric: watch.metric,
    threshold: watch.threshold,
    comparisonOperator:
      watch.below === true
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: watch.minutes / period.toMinutes(),
    // An instance that reports nothing is not known to be well.
    treatMissingData: TreatMissingData.MISSING,
  });
  const action = new SnsAction(topic);
  alarmed.addAlarmAction(action);
  alarmed.addOkAction(action);
}
