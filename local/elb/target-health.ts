/** Why a target is not healthy: code and text as DescribeTargetHealth gives them. */
export interface HealthReason {
  readonly code: string;
  readonly description: string;
}

export type CheckResult = { readonly ok: true } | { readonly ok: false; readonly reason: HealthReason };

export interface TargetHealth {
  readonly status: 'initial' | 'healthy' | 'unhealthy';
  readonly successes: number;
  readonly failures: number;
  readonly reason: HealthReason | null;
}

export interface HealthThresholds {
  readonly healthy: number;
  readonly unhealthy: number;
}

export const newTarget: TargetHealth = {
  status: 'initial',
  successes: 0,
  failures: 0,
  reason: { code: 'Elb.RegistrationInProgress', description: 'Target registration is in progress' },
};

export const notInUse: HealthReason = {
  code: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
};

export const deregistering: HealthReason = {
  code: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
};

const initialChecks: HealthReason = {
  code: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
};

/**
 * The target's health after one more check. A new target is healthy after one success; after that, it
 * takes as many successes or failures in a row as the thresholds say.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function afterCheck(health: TargetHealth, result: CheckResult, thresholds: HealthThresholds): TargetHealth {
  if (result.ok) {
    const successes = health.successes + 1;
    const healthy = health.status !== 'unhealthy' || successes >= thresholds.healthy;
    return {
      ...health,
      status: healthy ? 'healthy' : 'unhealthy',
      successes,
      failures: 0,
      reason: healthy ? null : health.reason,
    };
  }
  const failures = health.failures + 1;
  const counted = { successes: 0, failures };
  if (health.status === 'unhealthy' || failures >= thresholds.unhealthy) {
    return { status: 'unhealthy', ...counted, reason: result.reason };
  }
  return { status: health.status, ...counted, reason: health.status === 'initial' ? initialChecks : null };
}

/** Whether the matcher (`200`, `200,202`, `200-299`) takes the status. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [low = '', high = low] = part.split('-');
    return status >= Number(low) && status <= Number(high);
  });
}
