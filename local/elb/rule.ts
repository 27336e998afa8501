import { ServiceError } from '../aws/operation.ts';

export interface WeightedGroup {
  readonly targetGroup: string;
  readonly weight: number;
}

export type RuleAction =
  | { readonly kind: 'forward'; readonly groups: readonly WeightedGroup[] }
  | { readonly kind: 'fixed'; readonly status: number; readonly body: string; readonly contentType: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly port: string; readonly protocol: string };

/** A request matches when each condition has a pattern that fits. */
export interface RuleCondition {
  readonly field: 'host-header' | 'path-pattern';
  readonly patterns: readonly string[];
}

export interface Rule {
  readonly arn: string;
  readonly listener: string;
  /** The lowest number is evaluated first, the default rule last. */
  readonly priority: number | 'default';
  readonly conditions: readonly RuleCondition[];
  readonly action: RuleAction;
}

const patterns = new Map<string, RegExp>();

/**
 * `*` stands for any number of characters, `?` for one; host names are compared without regard to case
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
 */
function fits(pattern: string, value: string, flags: '' | 'i'): boolean {
  const key = `${flags}/${pattern}`;
  let compiled = patterns.get(key);
  if (compiled === undefined) {
    const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    compiled = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags);
    patterns.set(key, compiled);
  }
  return compiled.test(value);
}

export function appliesTo(rule: Rule, request: { readonly host: string; readonly path: string }): boolean {
  const host = request.host.replace(/:\d+$/, '');
  const path = request.path.replace(/[?#].*$/, '');
  return rule.conditions.every((condition) =>
    condition.patterns.some((pattern) =>
      condition.field === 'host-header' ? fits(pattern, host, 'i') : fits(pattern, path, ''),
    ),
  );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html: in order of priority, default last. */
export function inOrder(rules: readonly Rule[]): Rule[] {
  const rank = (rule: Rule): number => (rule.priority === 'default' ? Number.POSITIVE_INFINITY : rule.priority);
  return rules.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Picks a group by weight; null when every weight is 0
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions).
 * A group without a healthy target is picked like any other: the documentation knows fail-open within a group,
 * and no fail-over between groups.
 *
 * @param random at least 0 and less than 1
 */
export function pickGroup(groups: readonly WeightedGroup[], random: number): string | null {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  for (const { targetGroup, weight } of groups) {
    if (left < weight) return targetGroup;
    left -= weight;
  }
  return null;
}

/** @throws ValidationError for a weight outside 0 to 999 */
export function checkWeights(groups: readonly WeightedGroup[]): void {
  for (const { targetGroup, weight } of groups) {
    if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
      throw new ServiceError(
        'ValidationError',
        `The weight of target group ${targetGroup} is an integer from 0 to 999, not ${weight}.`,
      );
    }
  }
}
