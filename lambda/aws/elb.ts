import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Target, Weights } from '../domain/serving.ts';
import { Unworkable } from './errors.ts';

const client = new ElasticLoadBalancingV2Client({});

/** How the listener rule divides its requests among target groups. */
export async function ruleWeights(ruleArn: string): Promise<Weights> {
  const { Rules } = await client.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
  const forward = Rules?.[0]?.Actions?.find((action) => action.Type === 'forward');
  if (forward === undefined) throw new Unworkable(`The listener rule ${ruleArn} does not forward.`);
  const groups = forward.ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 0) return new Map([[forward.TargetGroupArn ?? '', 1]]);
  return new Map(groups.map((group) => [group.TargetGroupArn ?? '', group.Weight ?? 1]));
}

export async function targets(targetGroup: string): Promise<Target[]> {
  const { TargetHealthDescriptions } = await client.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
  );
  return (TargetHealthDescriptions ?? []).map((each) => ({
    ip: each.Target?.Id ?? '',
    port: each.Target?.Port ?? 0,
    state: each.TargetHealth?.State ?? 'unknown',
  }));
}

/** `app/name/id` of a load balancer's ARN: its metric dimension, and part of its interfaces' description. */
export function loadBalancerDimension(arn: string): string {
  return arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
}

/** `targetgroup/name/id` of a target group's ARN: its metric dimension. */
export function targetGroupDimension(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
