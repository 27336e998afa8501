import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { endWords, startWords } from '../../../lib/signals/release-metrics.ts';
import { synthesized, template } from '../templates.ts';

const stack = template('production', 'dashboard');

interface Widget {
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The dashboard as CloudWatch gets it, with a placeholder for everything that only the deploy knows. */
function widgets(): readonly Widget[] {
  const [dashboard] = Object.values(stack.findResources('AWS::CloudWatch::Dashboard'));
  if (dashboard === undefined) throw new Error('There is no dashboard.');
  const [separator, parts]: [string, unknown[]] = dashboard['Properties'].DashboardBody['Fn::Join'];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'x')).join(separator)).widgets;
}

const titled = (title: RegExp) => widgets().find(({ properties }) => title.test(String(properties['title'])));

/** As a step logs it, behind what Lambda puts before it. */
const line = (entry: object) => `2026-11-21T06:00:00.000Z\t5f0c\tINFO\t${JSON.stringify({ level: 'info', ...entry })}`;
const matches = (words: readonly string[], text: string) => words.every((word) => text.includes(word));

describe('the dashboard', () => {
  test.each([
    [/^Error budget left, percent, of the last 28 days$/],
    [/^How fast availability burns$/],
    [/^How fast latency burns$/],
    [/^Requests by colour, and releases$/],
    [/^Errors by colour, percent$/],
    [/^Latency by colour, seconds$/],
    [/^How far background work is behind, seconds$/],
    [/^Fresh, percent, of the last 28 days$/],
    [/^Releases of backstage$/],
    [/^Connections to the database$/],
    [/^Answered by the load balancer itself$/],
  ])('shows %s', (title) => {
    expect(titled(title)).toBeDefined();
  });

  test('counts the budget over the days of the promise, whatever range the page has', () => {
    const { properties } = titled(/^Error budget left/) ?? {};
    expect(properties).toMatchObject({ start: '-P28D', end: 'P0D', period: 3600 });
    expect(JSON.stringify(properties)).toContain('RUNNING_SUM(FILL(ra, 0) + FILL(rb, 0)) / 0.001)');
  });

  test('marks the releases beside the traffic, by what they came to', () => {
    const metrics = JSON.stringify(titled(/^Requests by colour/)?.properties['metrics']);
    for (const name of ['started', 'released', 'rolled-back', 'needs-restore', 'failed']) {
      expect(metrics).toContain(`["Understudy/production/backstage","${name}"`);
    }
  });

  test('comes after the workflow, whose logs it filters', () => {
    const manifest = JSON.stringify(synthesized('production', 'manifest.json'));
    const { artifacts } = JSON.parse(manifest);
    expect(artifacts['understudy-production-dashboard'].dependencies).toContain('understudy-production-release');
  });
});

describe('the metrics of releases', () => {
  const released = line({ state: 'Close', service: 'backstage', outcome: 'released' });

  test('count an end by its outcome, and by its service', () => {
    expect(matches(endWords('backstage', 'released'), released)).toBe(true);
    expect(matches(endWords('backstage', 'failed'), released)).toBe(false);
    expect(matches(endWords('trucks', 'released'), released)).toBe(false);
  });

  test('count a start when a release begins to change something', () => {
    expect(matches(startWords('backstage'), line({ state: 'Register', service: 'backstage' }))).toBe(true);
    expect(matches(startWords('backstage'), line({ state: 'Open', service: 'backstage' }))).toBe(false);
  });

  test('look for these words in the log of the step', () => {
    stack.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: '/aws/lambda/understudy-production-release-close',
      FilterPattern: String.raw`"\"state\":\"Close\"" "\"service\":\"backstage\"" "\"outcome\":\"rolled-back\""`,
      MetricTransformations: [
        Match.objectLike({ MetricNamespace: 'Understudy/production/backstage', MetricName: 'rolled-back' }),
      ],
    });
  });

  test('call people when a release ends as something that the workflow cannot mend', () => {
    stack.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'understudy-production-backstage-release-needs-people',
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'FILL(failed, 0) + FILL(restore, 0)' })]),
      AlarmActions: [Match.anyValue()],
      TreatMissingData: 'notBreaching',
    });
  });
});

test('people are called when the recovery of an abandoned release could not be started, and told when that is over', () => {
  stack.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'understudy-production-release-not-recovered',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: 'understudy-production-unrecovered' }],
    Threshold: 1,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: [Match.anyValue()],
    OKActions: [Match.anyValue()],
  });
});
