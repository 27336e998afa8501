import { describe, expect, test } from '@jest/globals';
import { budgetText, errorBudget, isSpent } from '../../../lambda/domain/error-budget.ts';

const slo = { availability: 0.999, windowDays: 28, latency: { thresholdMs: 500, target: 0.95 } };
const budget = (requests: number, errors: number) => errorBudget(slo, { requests, errors });

describe('the error budget', () => {
  test('is spent with the last error that the promise allows, and not before', () => {
    expect(isSpent(budget(20_000, 19))).toBe(false);
    expect(isSpent(budget(20_000, 20))).toBe(true);
  });

  test('of fewer than ten errors says nothing, and of no request at all neither', () => {
    expect(isSpent(budget(9999, 500))).toBe(false);
    expect(isSpent(budget(0, 0))).toBe(false);
    expect(budgetText(budget(9999, 500))).toContain('too few requests for an error budget');
    expect(budgetText(budget(0, 0))).toContain('no request');
  });

  test('counts 1 in 1,000 as allowed, whatever floating point makes of 1 − 0.999', () => {
    expect(budget(10_000, 0).allowed).toBe(10);
    expect(errorBudget({ ...slo, availability: 0.99 }, { requests: 1000, errors: 0 }).allowed).toBe(10);
  });
});
