import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { firewallRules } from '../../lib/platform/firewall-rules.ts';
import { template } from './templates.ts';

const platform = template('production', 'platform');
const [acl] = Object.values(platform.findResources('AWS::WAFv2::WebACL'));

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: object;
  readonly OverrideAction?: object;
  readonly Statement: {
    readonly ManagedRuleGroupStatement?: { readonly Name: string; readonly RuleActionOverrides?: object };
    readonly RateBasedStatement?: { readonly Limit: number; readonly ScopeDownStatement: object };
  };
}
const rules: Rule[] = acl?.['Properties'].Rules;

/** The statement of a rule, by its name. */
function statement(name: string): Rule['Statement'] {
  const rule = rules.find(({ Name }) => Name === name);
  if (rule === undefined) throw new Error(`No rule ${name}`);
  return rule.Statement;
}

describe('the firewall', () => {
  test('is in front of the load balancer of production, and left out locally', () => {
    platform.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    platform.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: { Ref: Match.stringLikeRegexp('^LoadBalancer') },
    });
    template('local', 'platform').resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('asks AWS’s lists for reputation, bad inputs, common attacks and SQL injection', () => {
    const groups = rules.flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement?.Name ?? []);
    expect(groups).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesSQLiRuleSet',
    ]);
  });

  test('blocks by every rule, and turns down only that on the size of bodies', () => {
    const actions = rules.map(({ Name, Action, OverrideAction }) => [
      Name,
      ...Object.keys(OverrideAction ?? Action ?? {}),
    ]);
    expect(actions).toEqual([
      ['ip-reputation', 'None'],
      ['rate-limit', 'Block'],
      ['known-bad-inputs', 'None'],
      ['common', 'None'],
      ['large-bodies', 'Block'],
      ['sql-injection', 'None'],
    ]);
    const overrides = rules.flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? []);
    expect(overrides).toEqual([{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }]);
  });

  test('limits what one address may send, and spares the VPC, where the prober is', () => {
    const rate = statement('rate-limit').RateBasedStatement;
    expect(rate?.Limit).toBe(10_000);
    expect(rate?.ScopeDownStatement).toEqual({
      NotStatement: { Statement: { IPSetReferenceStatement: { Arn: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } } } },
    });
    platform.hasResourceProperties('AWS::WAFv2::IPSet', { Addresses: ['10.2.0.0/16'], Scope: 'REGIONAL' });
  });

  test('blocks what was counted as large after the group that counts it, but on the paths that need it', () => {
    const names = rules.toSorted((a, b) => a.Priority - b.Priority).map(({ Name }) => Name);
    expect(names.indexOf('large-bodies')).toBeGreaterThan(names.indexOf('common'));
    const text = JSON.stringify(statement('large-bodies'));
    expect(text).toContain('"Key":"awswaf:managed:aws:core-rule-set:SizeRestrictions_Body"');
    expect([...text.matchAll(/"SearchString":"([^"]+)"/g)].map(([, path]) => path)).toEqual([
      '/api/catalog/entities/by-refs',
      '/api/scaffolder/v2/tasks',
      '/api/scaffolder/v2/dry-run',
    ]);
  });

  test('leaves AWS’s rule on the size of bodies alone where no path needs more', () => {
    const plain = firewallRules({ requestsPerAddress: 100, unlimited: 'arn', largeBodyPaths: [] });
    expect(JSON.stringify(plain)).not.toContain('SizeRestrictions_BODY');
    expect(plain.map(({ name }) => name)).not.toContain('large-bodies');
  });

  test('takes one path as it takes many: WAF has no OR of one', () => {
    const text = JSON.stringify(
      firewallRules({ requestsPerAddress: 100, unlimited: 'arn', largeBodyPaths: ['/upload'] }),
    );
    expect(text).toContain('"notStatement":{"statement":{"byteMatchStatement"');
    expect(text).not.toContain('orStatement');
  });

  test('logs what it blocked, without the tokens of users', () => {
    platform.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: 'aws-waf-logs-understudy-production' });
    platform.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LoggingFilter: Match.objectLike({ DefaultBehavior: 'DROP' }),
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
    });
  });
});
