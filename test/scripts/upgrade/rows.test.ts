import { describe, expect, test } from '@jest/globals';
import { lostRows, type Rows } from '../../../scripts/upgrade/rows.ts';

const keys = (...all: string[]) => ({ keys: new Set(all) });
const rows = (tables: Record<string, { keys: Set<string> } | { count: number }>): Rows =>
  new Map(Object.entries(tables));
const lost = (before: Rows, after: Rows) => Object.fromEntries(lostRows(before, after));

describe('rows that an upgrade lost', () => {
  test('are none when every key is still there, whatever else has come', () => {
    expect(
      lost(rows({ a: keys('1', '2'), b: { count: 3 } }), rows({ a: keys('1', '2', '3'), b: { count: 4 } })),
    ).toEqual({});
  });

  test('are told by key, though as many others have come', () => {
    expect(lost(rows({ a: keys('1', '2') }), rows({ a: keys('2', '3') }))).toEqual({ a: 1 });
  });

  test('are told by number where nothing but a counter tells rows apart', () => {
    expect(lost(rows({ b: { count: 5 } }), rows({ b: { count: 2 } }))).toEqual({ b: 3 });
  });

  test('are all of them when the table is gone', () => {
    expect(lost(rows({ a: keys('1', '2'), b: { count: 5 }, c: { count: 0 } }), rows({}))).toEqual({ a: 2, b: 5 });
  });

  test('are told by number when a migration changed what the key is', () => {
    expect(lost(rows({ a: keys('1', '2', '3'), b: { count: 1 } }), rows({ a: { count: 2 }, b: keys('x') }))).toEqual({
      a: 1,
    });
  });
});
