import { z } from 'zod';
import type { TrafficCount } from './judge/users.ts';
import type { Slo } from './slo.ts';

/** What of the errors that the availability of a window's requests allows has been made. */
export const errorBudgetSchema = z.strictObject({
  windowDays: z.int(),
  requests: z.number(),
  errors: z.number(),
  /** How many errors of so many requests keep the promise. */
  allowed: z.number(),
});
export type ErrorBudget = z.infer<typeof errorBudgetSchema>;

/** A budget of fewer errors than this says nothing: three failed requests of a quiet month would spend it. */
const smallestBudget = 10;

export function errorBudget({ availability, windowDays }: Slo, { requests, errors }: TrafficCount): ErrorBudget {
  return { windowDays, requests, errors, allowed: Math.floor((1 - availability) * requests + 1e-6) };
}

/** Whether there were enough requests for the budget to mean something; without any data there were not. */
export const isTelling = ({ allowed }: ErrorBudget): boolean => allowed >= smallestBudget;

/**
 * Whether the promise is broken. Too few requests, or no data at all, is not "spent": a service that has no users
 * yet could never be released, and no release mends it. Alarms and the judge watch it all the same.
 */
export const isSpent = (budget: ErrorBudget): boolean => isTelling(budget) && budget.errors >= budget.allowed;

/** The budget in words and numbers. */
export function budgetText(budget: ErrorBudget): string {
  const { windowDays, requests, errors, allowed } = budget;
  const days = `the last ${windowDays} day${windowDays === 1 ? '' : 's'}`;
  if (requests === 0) return `CloudWatch has no request of ${days}, so that the error budget cannot be told.`;
  const told = `Of ${requests} requests of ${days}, ${errors} were answered with an error`;
  if (!isTelling(budget)) return `${told}: too few requests for an error budget.`;
  return `${told}; the promise allows ${allowed} (${Math.round((errors / allowed) * 100)} % of the error budget is spent).`;
}
