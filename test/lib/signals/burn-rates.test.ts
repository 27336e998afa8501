import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';
import { burnRates, possibleBurnRates, windowText } from '../../../lib/signals/burn-rate-windows.ts';
import { template } from '../templates.ts';

const production = template('production', 'backstage-delivery');
const composites = Object.values(production.findResources('AWS::CloudWatch::CompositeAlarm'));

interface Joined {
  readonly 'Fn::Join': [string, unknown[]];
}

/** A composite's rule, with a word for the names of the alarms that it looks at. */
function rule({ 'Fn::Join': [separator, parts] }: Joined): string {
  return parts.map((part) => (typeof part === 'string' ? part : 'alarm')).join(separator);
}

describe('the windows of the burn rates', () => {
  test('are those of the workbook of Google’s site reliability engineers', () => {
    expect(burnRates.map(({ factor, long, short }) => [factor, windowText(long), windowText(short)])).toEqual([
      [14.4, '1h', '5m'],
      [6, '6h', '30m'],
      [3, '1d', '2h'],
      [1, '3d', '6h'],
    ]);
  });

  test.each([
    [0.999, 4],
    [0.95, 4],
    [0.9, 3],
    [0.5, 1],
  ])('of a promise of %d are the %d that can come to pass', (target, number) => {
    expect(possibleBurnRates(target)).toHaveLength(number);
  });
});

describe('an objective', () => {
  test.each(environmentNamesAllowed)('of %s is what the configuration promises, for requests and latency', (name) => {
    const config = environmentConfig(name);
    const slo = config.services['backstage']?.slo;
    const found = Object.values(
      template(config.name, 'backstage-delivery').findResources('AWS::ApplicationSignals::ServiceLevelObjective'),
    ).map(({ Properties: { Name, Goal } }) => [Name, Goal.AttainmentGoal, Goal.Interval.RollingInterval.Duration]);
    expect(found).toEqual([
      [
        `understudy-${name}-backstage-availability`,
        Number(((slo?.availability ?? 0) * 100).toFixed(6)),
        slo?.windowDays,
      ],
      [`understudy-${name}-backstage-latency`, Number(((slo?.latency.target ?? 0) * 100).toFixed(6)), slo?.windowDays],
    ]);
  });

  test('publishes every window that an alarm looks at, and no more than Application Signals allows', () => {
    production.allResourcesProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
      BurnRateConfigurations: [5, 30, 60, 120, 360, 1440, 4320].map((LookBackWindowMinutes) => ({
        LookBackWindowMinutes,
      })),
    });
  });

  test('counts as good the answers that took no longer than was promised', () => {
    production.hasResourceProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
      Name: 'understudy-production-backstage-latency',
      RequestBasedSli: {
        RequestBasedSliMetric: {
          MonitoredRequestCountMetric: {
            GoodCountMetric: Match.arrayWith([
              Match.objectLike({ Id: 'la', MetricStat: Match.objectLike({ Stat: 'PR(:1)', Period: 60 }) }),
            ]),
          },
        },
      },
    });
  });
});

describe('the alarms of the burn rates', () => {
  test('need both windows, for each rate and objective', () => {
    expect(composites).toHaveLength(2 * burnRates.length);
    expect(new Set(composites.map(({ Properties }) => rule(Properties.AlarmRule)))).toEqual(
      new Set(['(ALARM("alarm") AND ALARM("alarm"))']),
    );
  });

  test.each([
    ['14.4x-1h', '60', 14.4],
    ['14.4x-5m', '5', 14.4],
    ['6x-6h', '360', 6],
    ['6x-30m', '30', 6],
    ['3x-1d', '1440', 3],
    ['3x-2h', '120', 3],
    ['1x-3d', '4320', 1],
    ['1x-6h', '360', 1],
  ])('compare %s with its rate, and take silence for nothing that burns', (name, minutes, threshold) => {
    production.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `understudy-production-backstage-availability-burns-${name}`,
      Namespace: 'AWS/ApplicationSignals',
      MetricName: 'BurnRate',
      Dimensions: [
        { Name: 'BurnRateWindowMinutes', Value: minutes },
        { Name: 'SloName', Value: 'understudy-production-backstage-availability' },
      ],
      Threshold: threshold,
      TreatMissingData: 'notBreaching',
      AlarmActions: Match.absent(),
    });
  });

  test('call people, and no deployment listens to them', () => {
    for (const composite of composites) {
      expect(composite['Properties'].AlarmActions).toEqual([
        { 'Fn::ImportValue': expect.stringMatching(/^understudy-production-signals:/) },
      ]);
    }
    const [group] = Object.values(production.findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(JSON.stringify(group?.['Properties'].AlarmConfiguration)).not.toContain('burns');
    expect(group?.['Properties'].AlarmConfiguration.Alarms).toHaveLength(8);
  });
});
