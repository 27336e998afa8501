import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../lib/config/config.ts';
import { readCalendar } from '../../../lib/release/freeze-calendar.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'understudy-calendar-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const path = join(folder, 'freeze.ics');
  writeFileSync(path, text);
  return relative(root, path);
}

const calendar = (body = '') => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${body}END:VCALENDAR\r\n`;

describe('the freeze calendar of the configuration', () => {
  test('is taken as it stands', () => {
    expect(readCalendar(written(calendar()))).toBe(calendar());
  });

  test.each([
    ['that does not exist', () => 'lib/config/calendars/none.ics', /none\.ics" is refused: there is no such file/],
    ['that no release could read', () => written('hello'), /a line of no known form: hello/],
    [
      'that no parameter holds',
      () => written(calendar(`COMMENT:${'x'.repeat(8200)}\r\n`)),
      /it has 82\d\d bytes, and SSM holds 8192\. Remove events that are over, or repeat them/,
    ],
  ])('is refused at synthesis %s', (_, path, message) => {
    expect(() => readCalendar(path())).toThrow(ConfigError);
    expect(() => readCalendar(path())).toThrow(message);
  });
});
