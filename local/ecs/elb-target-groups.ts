import type { LoadBalancing } from '../elb/load-balancing.ts';
import type { TargetGroups } from './target-groups.ts';

/** ECS's view of the load balancer's model. */
export function elbTargetGroups(elb: LoadBalancing): TargetGroups {
  return {
    isUsed: (arn) => elb.targetGroup(arn).inUse,
    register: (arn, address) => elb.targetGroup(arn).register(address),
    deregister: (arn, address) => elb.targetGroup(arn).deregister(address),
    status: (arn, address) => elb.targetGroup(arn).status(address)?.status,
    deregistrationDelaySeconds: (arn) => elb.targetGroup(arn).settings.deregistrationDelaySeconds,
    onHealthChange: (listener) => elb.onHealthChange(listener),
  };
}
