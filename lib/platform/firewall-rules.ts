import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

type Rule = CfnWebACL.RuleProperty;
type Statement = CfnWebACL.StatementProperty;

export interface FirewallRulesProps {
  /** Requests that one address may send in five minutes. */
  readonly requestsPerAddress: number;
  /** ARN of the IP set of the addresses that the limit spares. */
  readonly unlimited: string;
  /** Paths, in full, that take bodies of any size. */
  readonly largeBodyPaths: readonly string[];
}

const oversized = {
  rule: 'SizeRestrictions_BODY',
  label: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body',
};

/**
 * What the firewall asks of a request, cheapest question first. Every rule blocks, those of AWS's
 * groups as AWS has them, which is all but the DDoS list among the reputations
 * (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html).
 *
 * One of them only counts where some path takes large bodies: of those it leaves a label, and the
 * rule after its group blocks whatever has that label on any other path
 * (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html). Behind
 * a load balancer the other rules read the first 8,192 bytes of a body, whatever its size
 * (https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html).
 */
export function firewallRules(props: FirewallRulesProps): Rule[] {
  const { largeBodyPaths } = props;
  const counted = largeBodyPaths.length > 0 ? [oversized.rule] : [];
  return [
    group('ip-reputation', 'AWSManagedRulesAmazonIpReputationList'),
    rateLimit(props),
    group('known-bad-inputs', 'AWSManagedRulesKnownBadInputsRuleSet'),
    group('common', 'AWSManagedRulesCommonRuleSet', counted),
    ...(largeBodyPaths.length > 0 ? [largeBodies(largeBodyPaths)] : []),
    group('sql-injection', 'AWSManagedRulesSQLiRuleSet'),
  ].map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) }));
}

/** Metrics of each rule; no sampled requests, which would hold the tokens that users send. */
export function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

type Unplaced = Omit<Rule, 'priority' | 'visibilityConfig'>;

function group(name: string, managed: string, counted: readonly string[] = []): Unplaced {
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: managed,
        ...(counted.length > 0 && {
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        }),
      },
    },
  };
}

/** By the address that WAF sees the connection come from, which no header can change. */
function rateLimit({ requestsPerAddress, unlimited }: FirewallRulesProps): Unplaced {
  return {
    name: 'rate-limit',
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        evaluationWindowSec: 300,
        limit: requestsPerAddress,
        scopeDownStatement: { notStatement: { statement: { ipSetReferenceStatement: { arn: unlimited } } } },
      },
    },
  };
}

function largeBodies(paths: readonly string[]): Unplaced {
  const anyPath = paths.map(path);
  const [only] = anyPath;
  const allowed = anyPath.length === 1 && only !== undefined ? only : { orStatement: { statements: anyPath } };
  return {
    name: 'large-bodies',
    action: { block: { customResponse: { responseCode: 413 } } },
    statement: {
      andStatement: {
        statements: [
          { labelMatchStatement: { scope: 'LABEL', key: oversized.label } },
          { notStatement: { statement: allowed } },
        ],
      },
    },
  };
}

/** As it is written: an encoded or doubled slash makes it another path, which stays blocked. */
function path(searchString: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'EXACTLY',
      searchString,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}
