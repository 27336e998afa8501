import { describe, expect, test } from '@jest/globals';
import {
  blocks,
  inversions,
  isKnown,
  mostInversions,
  type Point,
  type Used,
  utilizationComplaint,
  windowMinutes,
} from '../../../../lambda/domain/judge/utilization.ts';
import { random } from './exact.ts';

const since = '2026-11-21T09:00:00.000Z';
const minute = (index: number): string => new Date(Date.parse(since) + index * 60_000).toISOString();
const points = (count: number, percent: (index: number) => number): Point[] =>
  Array.from({ length: count }, (_, index) => ({ at: minute(index), percent: percent(index) }));
const used = (change: Partial<Used> = {}): Used => ({ cpu: [], memory: [], highestMemory: [], ...change });

function against(green: Partial<Used>, blue: Partial<Used>, minutes: number): string | null {
  return utilizationComplaint({ green: used(green), blue: used(blue) }, since, minute(minutes));
}

describe('memory that is nearly full', () => {
  const full = points(10, (index) => (index < 7 ? 60 : 97));

  test('for three minutes fails green, in numbers', () => {
    expect(against({ highestMemory: full }, {}, 10)).toBe('a task of green uses 97 % of its memory');
    expect(against({ highestMemory: full.slice(0, -1) }, {}, 9)).toBeNull();
  });

  test('does not where blue’s was as full, nor when it was long ago', () => {
    expect(against({ highestMemory: full }, { highestMemory: points(10, () => 96) }, 10)).toBeNull();
    expect(against({ highestMemory: full }, {}, 40)).toBeNull();
  });
});

describe('CPU', () => {
  const busy = { cpu: points(10, () => 96) };

  test('that is used up for five minutes fails a green whose blue was idle', () => {
    expect(against(busy, { cpu: points(60, () => 30) }, 10)).toBe(
      "green's tasks use 96 % of their CPU; blue's used 30 % at most",
    );
  });

  test.each([
    ['blue was nearly as busy', points(60, () => 70)],
    ['nobody knows what blue used', []],
  ])('does not where %s', (_, cpu) => expect(against(busy, { cpu }, 10)).toBeNull());
});

describe('memory that grows', () => {
  const noise = random(3);
  const leak = (perHour: number) => ({ memory: points(52, (index) => 40 + (perHour * index) / 60 + noise() - 0.5) });

  test('so that it is full in hours fails green, with its pace', () => {
    expect(against(leak(15), {}, 52)).toMatch(/grows by 1\d\.\d % an hour, and will be full in 3\.\d hours/);
  });

  test('is judged by whole windows since users were let in', () => {
    expect(against(leak(15), {}, 50)).toBeNull();
  });

  test('so slowly that it is full in a day does not', () => expect(against(leak(2), {}, 52)).toBeNull());

  test('as caches do that fill does not', () => {
    expect(against({ memory: points(52, (index) => 70 - 30 * Math.exp(-index / 12)) }, {}, 52)).toBeNull();
  });

  test('with minutes missing says nothing', () => {
    expect(against({ memory: leak(15).memory.filter((_, index) => index < 8 || index > 12) }, {}, 52)).toBeNull();
  });

  test('by chance, in any window of two days: at most 0.016 %, exactly', () => {
    // Mahonian numbers: in how many orders of `blocks` values so many pairs are the wrong way round.
    let orders = [1];
    for (let count = 2; count <= blocks; count += 1) {
      const before = orders;
      orders = Array.from({ length: before.length + count - 1 }, (_, pairs) =>
        before.slice(Math.max(0, pairs - count + 1), pairs + 1).reduce((sum, each) => sum + each, 0),
      );
    }
    const all = orders.reduce((sum, each) => sum + each, 0);
    const few = orders.slice(0, mostInversions + 1).reduce((sum, each) => sum + each, 0);
    expect(few).toBe(1274);
    expect((few / all) * ((48 * 60) / windowMinutes)).toBeLessThan(0.00016);
    expect(inversions([1, 3, 2, 2])).toBe(3);
  });
});

test('what nobody has told for ten minutes is not known', () => {
  const seen = used({ cpu: points(5, () => 1), memory: points(5, () => 1) });
  expect(isKnown({ green: seen, blue: used() }, minute(14))).toBe(true);
  expect(isKnown({ green: seen, blue: used() }, minute(15))).toBe(false);
  expect(isKnown({ green: { ...seen, memory: [] }, blue: used() }, minute(5))).toBe(false);
});
