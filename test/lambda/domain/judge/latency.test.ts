import { describe, expect, test } from '@jest/globals';
import { isSlower, slowerInLook, withComparison } from '../../../../lambda/domain/judge/latency.ts';
import type { ProbeSample } from '../../../../lambda/domain/probe.ts';
import { environmentConfig, environmentNamesAllowed } from '../../../../lib/config/config.ts';
import { simulateLatency } from './simulate.ts';

const sample = (colour: 'green' | 'blue', journey: string, slowestMs: number, failed = 0): ProbeSample => ({
  ip: '10.0.1.1',
  port: 7100,
  colour,
  journey,
  ok: 3,
  failed,
  slowestMs,
  reason: failed > 0 ? 'status 500 instead of 200' : null,
});

/** One journey, asked of blue and green. */
const journey = (name: string, blue: number, green: number): ProbeSample[] => [
  sample('blue', name, blue),
  sample('green', name, green),
];

describe('one look says slower', () => {
  test('when more than half of the journeys took green longer', () => {
    const slow = [...journey('a', 100, 150), ...journey('b', 100, 150)];
    expect(slowerInLook([...slow, ...journey('c', 100, 50)])).toBe(true);
    expect(slowerInLook([...slow, ...journey('c', 100, 50), ...journey('d', 100, 50)])).toBe(false);
  });

  test('not for a tenth and ten milliseconds', () => {
    expect(slowerInLook(journey('a', 200, 230))).toBe(false);
    expect(slowerInLook(journey('a', 200, 231))).toBe(true);
    expect(slowerInLook(journey('a', 3, 12))).toBe(false);
  });

  test('not for one slow task of three', () => {
    const tasks = [sample('green', 'a', 100), sample('green', 'a', 100), sample('green', 'a', 1900)];
    expect(slowerInLook([sample('blue', 'a', 100), ...tasks])).toBe(false);
  });

  test.each([
    ['blue was not asked', [sample('green', 'a', 900)]],
    ['green failed', [sample('blue', 'a', 100), sample('green', 'a', 900, 1)]],
    ['nothing was asked', []],
  ])('nothing when %s', (_, samples) => {
    expect(slowerInLook(samples)).toBeUndefined();
    expect(withComparison({ looks: 3, level: 3 }, undefined)).toEqual({ looks: 3, level: 3 });
  });
});

/** The probability that green is ever found slower, when each look says so with probability `slower`; exact. */
function everSlower(slower: number, looks: number): number {
  let alive = new Map<number, number>([[0, 1]]);
  let found = 0;
  for (let look = 0; look < looks; look += 1) {
    const next = new Map<number, number>();
    for (const [level, chance] of alive) {
      for (const [sign, share] of [
        [true, slower],
        [false, 1 - slower],
      ] as const) {
        const after = withComparison({ looks: look, level }, sign);
        if (isSlower(after)) found += chance * share;
        else next.set(after.level, (next.get(after.level) ?? 0) + chance * share);
      }
    }
    alive = next;
  }
  return found;
}

describe('exact probabilities over all looks', () => {
  test('of a false alarm at most 0.2 %, even without the tolerance, however long a release lasts', () => {
    expect(everSlower(0.5, 29)).toBeGreaterThan(0.001);
    expect(everSlower(0.5, 30)).toBeLessThanOrEqual(0.002);
    expect(everSlower(0.5, 200)).toBe(everSlower(0.5, 30));
  });

  test.each([
    [0.8, 0.2438],
    [0.9, 0.7088],
    [0.95, 0.9341],
    [1, 1],
  ])('of finding within 20 looks what is slower in %d of them: %d', (slower, power) => {
    expect(everSlower(slower, 20)).toBeCloseTo(power, 3);
  });
});

test.each(environmentNamesAllowed)('every canary of %s is over before the comparison stops', (name) => {
  for (const { observation, policies } of Object.values(environmentConfig(name).services)) {
    const minutes = Math.max(policies.feature.canaryMinutes, policies.hotfix.canaryMinutes);
    expect((minutes * 60) / observation.intervalSeconds).toBeLessThan(30);
  }
});

/** As production probes: seven journeys, two rounds, twenty looks before everybody is green's. */
const production = { releases: 100, looks: 20, journeys: 7, rounds: 2 };

describe('in seeded simulations', () => {
  test.each([0.1, 0.3, 0.5])('a green as fast as blue is never found slower at a spread of %d', (sigma) => {
    expect(simulateLatency({ ...production, factor: 1, sigma })).toBe(0);
  });

  test.each([
    [0.1, 0.99],
    [0.2, 0.85],
    [0.3, 0.4],
  ])('a p50 that is 30 %% slower is found, at a spread of %d, with at least %d', (sigma, power) => {
    expect(simulateLatency({ ...production, factor: 1.3, sigma })).toBeGreaterThanOrEqual(power);
  });
});
