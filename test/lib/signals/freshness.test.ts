import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { sloSchema } from '../../../lambda/domain/slo.ts';
import { template } from '../templates.ts';

const stack = template('production', 'backstage-delivery');
const slo = { availability: 0.99, windowDays: 28, latency: { thresholdMs: 500, target: 0.95 } };

const filters = Object.values(stack.findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => Properties);

describe('freshness', () => {
  test('is promised by a service with background work, and by no other', () => {
    expect(sloSchema.parse(slo)).toEqual(slo);
    const fresh = { ...slo, freshness: { thresholdSeconds: 300, target: 0.99 } };
    expect(sloSchema.parse(fresh)).toEqual(fresh);
  });

  test.each([{ thresholdSeconds: 0, target: 0.99 }, { thresholdSeconds: 300, target: 99 }, { thresholdSeconds: 300 }])(
    'is refused as %j',
    (freshness) => {
      expect(sloSchema.safeParse({ ...slo, freshness }).error?.issues[0]?.path[0]).toBe('freshness');
    },
  );

  test('is read from what the service logs, as a number and as how often it is within the promise', () => {
    expect(
      filters.map(({ LogGroupName, FilterPattern, MetricTransformations: [to] }) => [LogGroupName, FilterPattern, to]),
    ).toEqual([
      [
        '/understudy/production/backstage',
        '{ $.event = "freshness" && $.lagSeconds >= 0 }',
        {
          MetricName: 'lag',
          MetricNamespace: 'Understudy/production/backstage',
          MetricValue: '$.lagSeconds',
          Unit: 'Seconds',
        },
      ],
      [
        '/understudy/production/backstage',
        '{ $.event = "freshness" && $.lagSeconds <= 300 }',
        { MetricName: 'fresh', MetricNamespace: 'Understudy/production/backstage', MetricValue: '1', Unit: 'Count' },
      ],
    ]);
  });

  test('calls people when it is missed for a quarter of an hour, and takes silence for a miss', () => {
    stack.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'understudy-production-backstage-not-fresh',
      Namespace: 'Understudy/production/backstage',
      MetricName: 'lag',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 15,
      Threshold: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
      AlarmActions: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^understudy-production-signals:') }],
    });
  });

  test('never stops a deployment', () => {
    const [group] = Object.values(stack.findResources('AWS::CodeDeploy::DeploymentGroup'));
    const listened = JSON.stringify(group?.['Properties'].AlarmConfiguration);
    const [alarm] = Object.keys(
      stack.findResources('AWS::CloudWatch::Alarm', {
        Properties: { AlarmName: 'understudy-production-backstage-not-fresh' },
      }),
    );
    expect(alarm).toBeDefined();
    expect(listened).not.toContain(alarm);
  });

  test('leaves the stage alone, where no log becomes a metric and the alarm would never be quiet', () => {
    const local = template('local', 'backstage-delivery');
    local.resourceCountIs('AWS::Logs::MetricFilter', 0);
    expect(JSON.stringify(local.findResources('AWS::CloudWatch::Alarm'))).not.toContain('not-fresh');
  });
});
