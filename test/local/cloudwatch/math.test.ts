import { describe, expect, test } from '@jest/globals';
import { evaluateExpression } from '../../../local/cloudwatch/math.ts';
import type { Series } from '../../../local/cloudwatch/metric.ts';

const minute = 60_000;

/** One value a minute; null where there is none. */
function series(...values: (number | null)[]): Series {
  return new Map(values.flatMap((value, index) => (value === null ? [] : [[index * minute, value]])));
}

function evaluated(expression: string, metrics: Readonly<Record<string, Series>>): unknown {
  const value = evaluateExpression(expression, {
    periods: [0, minute, 2 * minute, 3 * minute],
    resolve: (id) => metrics[id] ?? series(),
  });
  return value instanceof Map ? Object.fromEntries([...value].map(([at, point]) => [at / minute, point])) : value;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
describe('metric math', () => {
  test('treats a missing value as 0 and drops what would divide by zero', () => {
    const metrics = { errors: series(1, null, 2, null), requests: series(10, 20, 0, null) };
    expect(evaluated('100 * errors / requests', metrics)).toEqual({ 0: 10, 1: 0 });
  });

  test.each([
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
    ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0]],
  ])('compares as the documented example does: %s', (expression, expected) => {
    const metrics = { metric1: series(30, 20, 0, 0), metric2: series(20, null, 20, null) };
    expect(evaluated(`(${expression})`, metrics)).toEqual(Object.fromEntries(expected.entries()));
  });

  test('fills every missing period, with a number, with a series or with the last value', () => {
    const metrics = { m1: series(null, 5, null, null), m2: series(1, 2, 3, 4) };
    expect(evaluated('FILL(m1, 0)', metrics)).toEqual({ 0: 0, 1: 5, 2: 0, 3: 0 });
    expect(evaluated('FILL(m1, m2)', metrics)).toEqual({ 0: 1, 1: 5, 2: 3, 3: 4 });
    expect(evaluated('FILL(m1, REPEAT)', metrics)).toEqual({ 1: 5, 2: 5, 3: 5 });
  });

  test('chooses data points by a condition, and drops the others when there is no alternative', () => {
    const metrics = { errors: series(5, 5, 5, 5), requests: series(100, 3, 50, 1) };
    expect(evaluated('IF(requests > 10, 100 * errors / requests)', metrics)).toEqual({ 0: 5, 2: 10 });
    expect(evaluated('IF(requests > 10, errors, 0)', metrics)).toEqual({ 0: 5, 1: 0, 2: 5, 3: 0 });
  });

  test('aggregates one series to a number and several to a series', () => {
    const metrics = { m1: series(1, 2, 3, 4), m2: series(10, 20, 30, null) };
    expect(evaluated('SUM(m1)', metrics)).toBe(10);
    expect(evaluated('SUM([m1, m2])', metrics)).toEqual({ 0: 11, 1: 22, 2: 33, 3: 4 });
    expect(evaluated('MAX([m1, m2]) - m1', metrics)).toEqual({ 0: 9, 1: 18, 2: 27, 3: 0 });
  });

  test('binds operators as usual', () => {
    expect(evaluated('2 + 3 * 4 - -1', {})).toBe(15);
    expect(evaluated('(2 + 3) * 4 >= 20 && 1', {})).toBe(1);
    expect(evaluated('10 - 2 - 3', {})).toBe(5);
  });

  test.each(['', 'm1 +', 'm1 m2', 'FOO(m1)', 'm1 ? 2', '[m1, m2'])('refuses to read "%s"', (expression) => {
    expect(() => evaluated(expression, {})).toThrow(expect.objectContaining({ code: 'ValidationError' }));
  });
});
