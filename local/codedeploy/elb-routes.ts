import { forwardsTo, type LoadBalancing } from '../elb/load-balancing.ts';
import type { Routes, Weight } from './ports.ts';

/** CodeDeploy's view of the load balancer's model. */
export class ElbRoutes implements Routes {
  readonly #elb: LoadBalancing;

  constructor(elb: LoadBalancing) {
    this.#elb = elb;
  }

  /**
   * The group names listeners; what is rewritten is whichever of their rules, the default one included,
   * forwards to the group's target groups. CodeDeploy's role may modify listeners and rules
   * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html), and AWS has
   * confirmed what it makes of a rule: "the listener rules will change from (TG1: 1) to (TG2: 100, TG1: 0)",
   * so that "the forward rule would exist between the ELB and the replacement target group" when the next
   * deployment installs (https://github.com/traveloka/terraform-aws-alb-single-listener/pull/47).
   */
  route(listener: string, weights: readonly [Weight, Weight]): void {
    for (const rule of this.#elb.rules(listener)) {
      if (weights.some(({ targetGroup }) => forwardsTo(rule.action, targetGroup))) {
        this.#elb.setForward(rule.arn, weights);
      }
    }
  }

  percent(listener: string, targetGroup: string): number {
    const rule = this.#elb.rules(listener).find(({ action }) => forwardsTo(action, targetGroup));
    if (rule?.action.kind !== 'forward') return 0;
    const total = rule.action.groups.reduce((sum, { weight }) => sum + weight, 0);
    const own = rule.action.groups.find((group) => group.targetGroup === targetGroup)?.weight ?? 0;
    return total === 0 ? 0 : (own * 100) / total;
  }

  forwards(listener: string, targetGroup: string): boolean {
    return this.#elb.rules(listener).some(({ action }) => forwardsTo(action, targetGroup));
  }

  targetGroupByName(name: string): string {
    const group = this.#elb.targetGroups().find(({ settings }) => settings.name === name);
    if (!group) throw new Error(`There is no target group named ${name}.`);
    return group.arn;
  }
}
