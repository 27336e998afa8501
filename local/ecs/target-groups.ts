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
