import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Release } from '../domain/release.ts';

const client = new ApplicationAutoScalingClient({});

export type Suspension = NonNullable<Release['scaling']>;

export const allSuspended: Suspension = {
  DynamicScalingInSuspended: true,
  DynamicScalingOutSuspended: true,
  ScheduledScalingSuspended: true,
};

const target = (cluster: string, service: string) =>
  ({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${cluster}/${service}`,
  }) as const;

/** What of the service's autoscaling is suspended; null for a service that does not scale. */
export async function suspension(cluster: string, service: string): Promise<Suspension | null> {
  const { ServiceNamespace, ScalableDimension, ResourceId } = target(cluster, service);
  const { ScalableTargets } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ScalableDimension, ResourceIds: [ResourceId] }),
  );
  const found = ScalableTargets?.[0];
  if (found === undefined) return null;
  return {
    DynamicScalingInSuspended: found.SuspendedState?.DynamicScalingInSuspended ?? false,
    DynamicScalingOutSuspended: found.SuspendedState?.DynamicScalingOutSuspended ?? false,
    ScheduledScalingSuspended: found.SuspendedState?.ScheduledScalingSuspended ?? false,
  };
}

/**
 * Suspends or resumes scaling. Only for a service that scales: the call would create a target.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
 */
export async function suspend(cluster: string, service: string, state: Suspension): Promise<void> {
  await client.send(new RegisterScalableTargetCommand({ ...target(cluster, service), SuspendedState: state }));
}
