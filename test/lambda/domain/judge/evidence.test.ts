import { describe, expect, test } from '@jest/globals';
import { evidenceOfLook } from '../../../../lambda/domain/judge/against-blue.ts';
import { noEvidence, weigh } from '../../../../lambda/domain/judge/evidence.ts';
import { always, type Rate, simulateErrors } from './simulate.ts';

/** One rate up to a look, another one from there on, or until the first one is back. */
const until =
  (from: number, before: number, then: number, back = Number.POSITIVE_INFINITY): Rate =>
  (look) =>
    look >= from && look < back ? then : before;

describe('in seeded simulations of whole releases, probes of both colours together', () => {
  test.each([0, 0.0005, 0.001])(
    'a green as good as blue at an error rate of %d is failed in less than 1 %%',
    (rate) => {
      const releases = simulateErrors({
        releases: 2000,
        looks: 150,
        size: 36,
        green: always(rate),
        blue: always(rate),
      });
      expect(releases.share).toBeLessThan(0.01);
    },
  );

  test('also when a release is watched for two days', () => {
    const releases = simulateErrors({ releases: 500, looks: 690, size: 36, green: always(0.001), blue: always(0.001) });
    expect(releases.share).toBeLessThan(0.01);
  });

  test.each([
    [0.01, 0.15, 0.25],
    [0.02, 0.53, 0.63],
    [0.05, 0.95, 1],
    [0.1, 0.995, 1],
  ])('%d errors are caught within ten looks of 15 probes with a probability of %d to %d', (rate, least, most) => {
    const { share } = simulateErrors({ releases: 2000, looks: 10, size: 15, green: always(rate), blue: always(0.001) });
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });

  test('what begins to answer everything with errors, however late, is failed in that look', () => {
    const broken = until(500, 0, 1);
    const releases = simulateErrors({ releases: 20, looks: 600, size: 6, green: broken, blue: always(0) });
    expect(releases).toEqual({ share: 1, at: 500 });
  });

  test('an outage of what both need is not held against green, neither in it nor after it', () => {
    const outage = until(20, 0.001, 1, 23);
    expect(simulateErrors({ releases: 500, looks: 100, size: 18, green: outage, blue: outage }).share).toBeLessThan(
      0.01,
    );
  });

  test('a green that is much worse than a blue that is unwell is failed within three looks', () => {
    const { share, at } = simulateErrors({
      releases: 500,
      looks: 100,
      size: 18,
      green: always(0.6),
      blue: always(0.2),
    });
    expect(share).toBe(1);
    expect(at).toBeLessThanOrEqual(3);
  });
});

describe("one look's evidence", () => {
  test.each([
    [5, 5, 3],
    [36, 18, 4],
    [2, 40, 10],
  ])(
    'has a mean of 1 over the ways that errors fall on %d and %d answers alike (%d of them)',
    (green, blue, errors) => {
      const choose = (of: number, some: number): number => (some === 0 ? 1 : (choose(of - 1, some - 1) * of) / some);
      let mean = 0;
      for (let failed = Math.max(0, errors - blue); failed <= Math.min(errors, green); failed += 1) {
        const chance = (choose(green, failed) * choose(blue, errors - failed)) / choose(green + blue, errors);
        const evidence = evidenceOfLook(
          { ok: green - failed, failed },
          { ok: blue - errors + failed, failed: errors - failed },
        );
        mean += chance * evidence;
      }
      expect(mean).toBeCloseTo(1, 9);
    },
  );

  test('is nothing without an error, and without a blue to compare with', () => {
    expect(evidenceOfLook({ ok: 9, failed: 0 }, { ok: 9, failed: 0 })).toBeCloseTo(1);
    expect(evidenceOfLook({ ok: 9, failed: 7 }, { ok: 0, failed: 0 })).toBeCloseTo(1);
  });
});

test('evidence stays a few finite numbers, whatever happens', () => {
  let evidence = noEvidence;
  for (let look = 1; look <= 50; look += 1) {
    evidence = weigh(evidence, look, { green: { ok: 0, failed: 500 }, blue: { ok: 400, failed: 100 } });
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  }
});
