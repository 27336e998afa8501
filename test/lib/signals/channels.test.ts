import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { checkConfig } from '../../../lib/config/config.ts';
import { production } from '../../../lib/config/environments/production.ts';
import { SignalsStack } from '../../../lib/signals/signals-stack.ts';
import { fastApp } from '../fast-app.ts';
import { template } from '../templates.ts';

const withChannels = (notifications: object) => checkConfig({ ...production, notifications }, 'config.ts');

function signals(notifications: object): Template {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-signals-'));
  try {
    return Template.fromStack(new SignalsStack(fastApp(folder), 'signals', { config: withChannels(notifications) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const slack = { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' };

describe('a Slack channel', () => {
  const stack = signals({ slack, pagerDuty: null });

  test('shows alarms and releases', () => {
    stack.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SlackWorkspaceId: 'T0123ABCD',
      SlackChannelId: 'C0123ABCD',
      SnsTopicArns: [{ Ref: Match.stringLikeRegexp('^Topic') }, { Ref: Match.stringLikeRegexp('^SlackReleases') }],
    });
  });

  test('can change nothing: role and guardrail read metrics alone', () => {
    const policies = [
      ...Object.values(stack.findResources('AWS::IAM::Policy')),
      ...Object.values(stack.findResources('AWS::IAM::ManagedPolicy')),
    ];
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      for (const action of Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string[] }) => Action)) {
        expect(action).toMatch(/^cloudwatch:(?:Describe|Get|List)/);
      }
    }
    stack.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', { GuardrailPolicies: [Match.anyValue()] });
  });

  test('gets the events of this environment alone, in the form that the chat understands', () => {
    const [rule] = Object.values(stack.findResources('AWS::Events::Rule'));
    if (rule === undefined) throw new Error('There is no rule.');
    expect(rule['Properties'].EventPattern.source).toEqual(['understudy']);
    expect(JSON.stringify(rule['Properties'].EventPattern.resources)).toContain(
      ':execution:understudy-production-release:',
    );
    const [{ InputTransformer }] = rule['Properties'].Targets;
    expect(InputTransformer.InputTemplate).toContain('"version":"1.0","source":"custom"');
    expect(InputTransformer.InputTemplate).toContain('"nextSteps":[<detail-reason>]');
    expect(InputTransformer.InputTemplate).toContain('"threadId":<detail-release>');
  });
});

test('PagerDuty’s URL is a secret, of which the template has the name', () => {
  signals({ slack: null, pagerDuty: { secret: 'understudy-production/pagerduty' } }).hasResourceProperties(
    'AWS::SNS::Subscription',
    { Protocol: 'https', Endpoint: '{{resolve:secretsmanager:understudy-production/pagerduty:SecretString:::}}' },
  );
});

test('an environment without channels has none', () => {
  const { Resources } = template('production', 'signals').toJSON();
  expect(JSON.stringify(Resources)).not.toMatch(/AWS::Chatbot|AWS::SNS::Subscription|AWS::Events::Rule/);
});

test.each([
  [
    { slack: { ...slack, channelId: '#alerts' }, pagerDuty: null },
    /slack\.channelId: "#alerts" is refused: .* C0123ABCD/,
  ],
  [
    { slack: null, pagerDuty: { secret: 'https://events.pagerduty.com/x?y' } },
    /pagerDuty\.secret: "https.* no name of a/,
  ],
])('a channel that cannot be is refused: %j', (notifications, why) => {
  expect(() => withChannels(notifications)).toThrow(why);
});
