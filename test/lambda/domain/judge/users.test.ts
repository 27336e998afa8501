import { describe, expect, test } from '@jest/globals';
import { usersComplaint } from '../../../../lambda/domain/judge/users.ts';
import { answers, random } from './exact.ts';

const budget = (allowed: number) => ({ windowDays: 28, requests: allowed * 1000, errors: 0, allowed });

function against(green: [number, number], allowed: number | null, availability = 0.999): string | null {
  return usersComplaint({
    traffic: { green: { requests: green[0], errors: green[1] }, blue: { requests: 0, errors: 0 } },
    slo: { availability },
    errorBudget: allowed === null ? null : budget(allowed),
  });
}

describe("users' errors below 1 %", () => {
  test('fail green once they have burned 2 % of the budget, in numbers', () => {
    // 60 errors of 8,000 requests, 8 of which the promise allows: 52 of 2,599.
    expect(against([8000, 60], 2599)).toContain('burned 2.0 % of the error budget of 28 days since the shift');
    expect(against([8000, 60], 2601)).toBeNull();
  });

  test('do not when they may be chance, or nobody knows the budget', () => {
    expect(against([8000, 42], 100)).toBeNull();
    expect(against([8000, 60], null)).toBeNull();
    expect(against([8000, 60], 9)).toBeNull();
  });
});

test('a service that promises less tolerates more', () => {
  expect(against([1000, 40], null)).not.toBeNull();
  expect(against([1000, 52], null, 0.99)).toBeNull();
  expect(against([1000, 53], null, 0.99)).not.toBeNull();
});

test.each([0.999, 0.99, 0.95])(
  'a green that keeps a promise of %d to the letter is failed in less than 0.3 %% of long releases, by a look after every hundred requests',
  (availability) => {
    const next = random(11);
    let failed = 0;
    for (let release = 0; release < 1000; release += 1) {
      let [requests, errors] = [0, 0];
      for (let look = 0; look < 100; look += 1) {
        const some = answers(100, 1 - availability, next);
        [requests, errors] = [requests + 100, errors + some.failed];
        if (against([requests, errors], 10, availability) === null) continue;
        failed += 1;
        break;
      }
    }
    expect(failed / 1000).toBeLessThan(0.003);
  },
);
