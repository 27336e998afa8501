import { describe, expect, test } from '@jest/globals';
import { bar, clock, cut, table } from '../../cli/words.ts';

test.each([
  [0, '0:00'],
  [5.4, '0:05'],
  [760, '12:40'],
  [11_220, '3:07:00'],
  [-3, '0:00'],
])('%p seconds read %p', (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

test('a bar never leaves its width', () => {
  expect([bar(-1, 4), bar(0.5, 4), bar(7, 4)]).toEqual(['░░░░', '██░░', '████']);
});

test('what does not fit ends in an ellipsis', () => {
  expect([cut('release', 7), cut('releases', 7)]).toEqual(['release', 'releas…']);
});

describe('a table', () => {
  const rows = [
    ['1.0.0', 'released', 'all is well'],
    ['1.10.0', 'refused', 'no such image'],
  ];

  test('lines its columns up', () => {
    expect(table(['version', 'outcome', 'reason'], rows, 80)).toEqual([
      'version  outcome   reason',
      '1.0.0    released  all is well',
      '1.10.0   refused   no such image',
    ]);
  });

  test('is cut at the edge of the screen', () => {
    expect(table(['version', 'outcome', 'reason'], rows, 24)[2]).toBe('1.10.0   refused   no s…');
  });
});
