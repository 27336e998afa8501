import { soleTargetGroup, type Target, type Weights } from './serving.ts';

export interface Serving {
  readonly weights: Weights;
  /** Tasks registered in blue's target group. */
  readonly targets: readonly Target[];
  /** Task definitions of the service's task sets. */
  readonly taskSets: readonly string[];
}

/**
 * What still speaks against "blue serves everybody again"; empty once it does. Told from the rule and
 * the targets' health, never from the deployment's status: a rollback may bring back the tasks and
 * leave the listener.
 */
export function notServing(targetGroup: string, { weights, targets }: Serving): string[] {
  const problems: string[] = [];
  if (soleTargetGroup(weights) !== targetGroup) problems.push('the production rule does not send everything to blue');
  const staying = targets.filter((target) => !target.state.endsWith('draining'));
  const healthy = staying.filter((target) => target.state === 'healthy').length;
  if (healthy === 0) problems.push('blue has no healthy target');
  else if (healthy < staying.length) problems.push(`only ${healthy} of blue's ${staying.length} targets are healthy`);
  return problems;
}

/** What of green is still there. */
export function leftOfGreen(revision: string | null, { taskSets }: Serving): string[] {
  return taskSets.some((taskDefinition) => taskDefinition === revision) ? ["green's task set still exists"] : [];
}
