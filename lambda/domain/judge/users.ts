import { type ErrorBudget, isTelling } from '../error-budget.ts';
import type { Slo } from '../slo.ts';

/** Sums of a target group's metrics over some time. */
export interface TrafficCount {
  readonly requests: number;
  /** Answers 5xx and refused connections. */
  readonly errors: number;
}

/** Three errors may never be chance; what is tolerated beyond grows with this many times the SLO's share. */
const firstErrors = 3;
const timesTheSlo = 5;
/** Errors below this share of the requests are what any service has, unless they burn the budget. */
const toleratedShare = 0.01;
/** Share of the whole window's error budget that one release may burn. */
const toleratedBurn = 0.02;

const share = ({ errors, requests }: TrafficCount): number => (requests === 0 ? 0 : errors / requests);

/**
 * Why what the load balancer counted of users' requests to green speaks against it; null when it does not, or as
 * much against blue. The line is the one of the probes' first test, at the SLO's own share: if errors come
 * independently and at most so often, it is crossed with 0.2 % at most, however often it is looked at. Beyond the
 * line, green fails for 1 % of errors, or for fewer that have burned 2 % of the window's error budget since the shift.
 */
export function usersComplaint(look: {
  readonly traffic: { readonly blue: TrafficCount; readonly green: TrafficCount };
  readonly slo: Pick<Slo, 'availability'>;
  readonly errorBudget: ErrorBudget | null;
}): string | null {
  const { green, blue } = look.traffic;
  const allowedShare = 1 - look.slo.availability;
  if (green.errors < firstErrors + Math.floor(green.requests * allowedShare * timesTheSlo + 1e-6)) return null;
  if (share(blue) >= share(green) / 2) return null;
  const told = `Green answered ${green.errors} of ${green.requests} users' requests with an error`;
  if (share(green) >= toleratedShare) return `${told}.`;
  const { errorBudget } = look;
  if (errorBudget === null || !isTelling(errorBudget)) return null;
  const burned = (green.errors - green.requests * allowedShare) / errorBudget.allowed;
  return burned < toleratedBurn
    ? null
    : `${told}, which burned ${(burned * 100).toFixed(1)} % of the error budget of ${errorBudget.windowDays} days since the shift.`;
}
