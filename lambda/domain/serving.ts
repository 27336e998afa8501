/** Weights of one listener rule's forward action, by target group. */
export type Weights = ReadonlyMap<string, number>;

/** Share of the rule's traffic that the target group gets, in percent. */
export function percentOf(weights: Weights, targetGroup: string): number {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : Math.round(((weights.get(targetGroup) ?? 0) * 100) / total);
}

/** The target group that gets all of the rule's traffic; null while it is split. */
export function soleTargetGroup(weights: Weights): string | null {
  for (const [targetGroup, weight] of weights) {
    if (weight > 0 && percentOf(weights, targetGroup) === 100) return targetGroup;
  }
  return null;
}

/** What DescribeTargetHealth says of one registered task. */
export interface Target {
  readonly ip: string;
  readonly port: number;
  readonly state: string;
}

/** Registered and not on its way out, whatever its health: the tasks that a probe should reach. */
export function isProbed(target: Target): boolean {
  return target.state !== 'draining' && target.state !== 'unhealthy.draining';
}

/** The other of a service's two target groups. */
export function otherTargetGroup(groups: { readonly a: string; readonly b: string }, one: string): string {
  return one === groups.a ? groups.b : groups.a;
}
