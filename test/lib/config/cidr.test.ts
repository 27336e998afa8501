import { describe, expect, test } from '@jest/globals';
import { normalized, overlap, prefixLength } from '../../../lib/config/cidr.ts';
import { environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';

describe('two ranges of addresses', () => {
  test.each([
    ['10.0.0.0/16', '10.0.0.0/16', true],
    ['10.0.0.0/16', '10.0.255.0/24', true],
    ['10.0.4.0/24', '10.0.0.0/8', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['10.0.0.0/17', '10.0.128.0/17', false],
    ['192.168.0.0/24', '172.16.0.0/12', false],
    ['0.0.0.0/0', '255.255.255.255/32', true],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
    expect(overlap(other, one)).toBe(expected);
  });
});

test.each([
  ['10.1.2.3/16', '10.1.0.0/16'],
  ['10.1.0.0/16', '10.1.0.0/16'],
  ['172.31.255.255/12', '172.16.0.0/12'],
  ['200.1.2.3/32', '200.1.2.3/32'],
])('the range around %s is %s', (given, range) => {
  expect(normalized(given)).toBe(range);
  expect(prefixLength(range)).toBe(Number(range.split('/')[1]));
});

test('no two environments share an address, so that any two can be connected', () => {
  const ranges = environmentNamesAllowed.map((name) => environmentConfig(name).network.cidr);
  const shared = ranges.flatMap((one, index) => ranges.slice(index + 1).filter((other) => overlap(one, other)));
  expect(shared).toEqual([]);
});
