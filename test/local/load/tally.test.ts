import { describe, expect, test } from '@jest/globals';
import { type Sample, Tally, targetGroupName } from '../../../local/load/tally.ts';

const sample = (targetGroup: string | null, failure: string | null = null, at = 0, ms = 10): Sample => ({
  at,
  journey: 'page',
  failure,
  ms,
  targetGroup,
});

describe('what users saw', () => {
  test('green is whoever did not serve when the release started', () => {
    const tally = new Tally('a');
    for (const group of ['a', 'a', 'b']) tally.add(sample(group));
    tally.add(sample('a', 'status 500'));
    tally.add(sample('b', 'status 502'));
    tally.add(sample('b', 'status 502'));
    expect(tally.requests()).toEqual({ total: 6, failed: 3, onGreen: 3, failedOnBlue: 1, failedOnGreen: 2 });
  });

  test('a failure that no target answered is nobody’s, and counts all the same', () => {
    const tally = new Tally('a');
    tally.add(sample(null, 'connect ECONNREFUSED'));
    expect(tally.requests()).toEqual({ total: 1, failed: 1, onGreen: 0, failedOnBlue: 0, failedOnGreen: 0 });
  });

  test('remembers when green first failed a user, not when blue did', () => {
    const tally = new Tally('a');
    tally.add(sample('a', 'status 500', 1000));
    expect(tally.firstBadOnGreen()).toBeNull();
    tally.add(sample('b', 'status 500', 2000));
    tally.add(sample('b', 'status 500', 3000));
    expect(tally.firstBadOnGreen()).toBe(2000);
    expect(tally.failures()).toEqual(['page: status 500', 'page: status 500', 'page: status 500']);
  });

  test('counts per second of process time', () => {
    let now = 0;
    const tally = new Tally(null, () => now);
    tally.add(sample('a'));
    now = 999;
    tally.add(sample('a', 'status 500'));
    now = 3000;
    tally.add(sample('a'));
    expect(tally.seconds()).toEqual([
      { second: 0, total: 2, failed: 1 },
      { second: 3, total: 1, failed: 0 },
    ]);
  });

  test('gives percentiles of good answers only', () => {
    const tally = new Tally('a');
    expect(tally.latencies()).toEqual({ p50: null, p95: null, p99: null });
    for (let ms = 1; ms <= 100; ms += 1) tally.add(sample('a', null, 0, ms));
    tally.add(sample('a', 'timed out', 0, 10_000));
    expect(tally.latencies()).toEqual({ p50: 51, p95: 96, p99: 100 });
  });
});

test('a target group goes by the name in its ARN', () => {
  expect(targetGroupName('arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/backstage-a/0123456789abcdef')).toBe(
    'backstage-a',
  );
  expect(targetGroupName('backstage-a')).toBe('backstage-a');
});
