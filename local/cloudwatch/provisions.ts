import { z } from 'zod';
import type { Provisions } from '../deploy/provision.ts';
import { whenChanged } from '../deploy/when-changed.ts';
import type { CloudWatch } from './cloudwatch.ts';

const metricSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
});

const querySchema = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  Period: z.number().optional(),
  ReturnData: z.boolean().optional(),
  MetricStat: z.object({ Metric: metricSchema, Period: z.number(), Stat: z.string() }).optional(),
});

const alarmSchema = metricSchema.partial().extend({
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().optional(),
  AlarmActions: z.array(z.string()).optional(),
  OKActions: z.array(z.string()).optional(),
  Metrics: z.array(querySchema).optional(),
  Period: z.number().optional(),
  Statistic: z.enum(['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum']).optional(),
  ExtendedStatistic: z.string().optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum([
    'GreaterThanOrEqualToThreshold',
    'GreaterThanThreshold',
    'LessThanOrEqualToThreshold',
    'LessThanThreshold',
  ]),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.string().optional(),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
export function cloudWatchProvisions(model: CloudWatch): Provisions {
  return {
    'AWS::CloudWatch::Alarm': whenChanged(({ stack, logicalId, properties }) => {
      const definition = alarmSchema.parse(properties);
      const alarm = model.putAlarm({ ...definition, AlarmName: definition.AlarmName ?? `${stack}-${logicalId}` });
      return { ref: alarm.name, attributes: { Arn: alarm.arn } };
    }),
  };
}
