import type { LoadBalancing } from '../elb/load-balancing.ts';
import type { TargetAddress, TargetStatus } from '../elb/target-group.ts';

/** What ECS asks of Elastic Load Balancing. */
export interface TargetGroups {
  /** Whether a load balancer forwards to the target group. @throws TargetGroupNotFound */
  isUsed(targetGroup: string): boolean;
  register(targetGroup: string, address: TargetAddress): void;
  deregister(targetGroup: string, address: TargetAddress): void;
  status(targetGroup: string, address: TargetAddress): TargetStatus | undefined;
  deregistrationDelaySeconds(targetGroup: string): number;
  /** Tells of every target whose status a health check has changed. */
  onHealthChange(listener: (targetGroup: string, address: TargetAddress) => void): void;
}

/** Elastic Load Balancing as ECS uses it. */
export function targetGroupsOf(model: LoadBalancing): TargetGroups {
  return {
    isUsed: (arn) => model.targetGroup(arn).inUse,
    register: (arn, address) => model.targetGroup(arn).register(address),
    deregister: (arn, address) => model.targetGroup(arn).deregister(address),
    status: (arn, address) => model.targetGroup(arn).status(address)?.status,
    deregistrationDelaySeconds: (arn) => model.targetGroup(arn).settings.deregistrationDelaySeconds,
    onHealthChange: (listener) => model.onHealthChange(listener),
  };
}
