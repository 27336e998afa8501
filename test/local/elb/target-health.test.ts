import { describe, expect, test } from '@jest/globals';
import { afterCheck, type CheckResult, matches, newTarget } from '../../../local/elb/target-health.ts';

const thresholds = { healthy: 3, unhealthy: 2 };
const failure: CheckResult = {
  ok: false,
  reason: { code: 'Target.ResponseCodeMismatch', description: 'Health checks failed with these codes: [503]' },
};

function statuses(checks: string): string[] {
  let health = newTarget;
  return checks.split('').map((check) => {
    health = afterCheck(health, check === '+' ? { ok: true } : failure, thresholds);
    return health.status;
  });
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
describe('a target’s health', () => {
  test('is healthy after one check when the target is new', () => {
    expect(statuses('+')).toEqual(['healthy']);
  });

  test('is unhealthy after as many failures in a row as the threshold says, new or not', () => {
    expect(statuses('--')).toEqual(['initial', 'unhealthy']);
    expect(statuses('+-+--')).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'unhealthy']);
  });

  test('takes as many successes in a row as the threshold says to come back', () => {
    expect(statuses('--++-+++')).toEqual([
      'initial',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'healthy',
    ]);
  });

  test('says why', () => {
    expect(newTarget.reason?.code).toBe('Elb.RegistrationInProgress');
    const once = afterCheck(newTarget, failure, thresholds);
    expect(once.reason?.code).toBe('Elb.InitialHealthChecking');
    expect(afterCheck(once, failure, thresholds).reason?.code).toBe('Target.ResponseCodeMismatch');
    expect(afterCheck(once, { ok: true }, thresholds).reason).toBeNull();
  });
});

test.each([
  ['200', [200], [201, 503]],
  ['200,302', [200, 302], [201, 301]],
  ['200-299', [200, 250, 299], [199, 300]],
])('the matcher %s takes %j and not %j', (matcher, good, bad) => {
  expect(good.every((status) => matches(matcher, status))).toBe(true);
  expect(bad.some((status) => matches(matcher, status))).toBe(false);
});
