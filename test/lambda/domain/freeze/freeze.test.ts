import { describe, expect, test } from '@jest/globals';
import { freezeAt } from '../../../../lambda/domain/freeze/freeze.ts';

const calendar = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'X-WR-TIMEZONE:Europe/Berlin', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]): string[] => ['BEGIN:VEVENT', 'UID:1@test', 'SUMMARY:No', ...lines, 'END:VEVENT'];
const at = (now: string, ...lines: string[]) => freezeAt(calendar(...event(...lines)), now);

const none = { freeze: null };

describe('a freeze', () => {
  const once = ['DTSTART:20261224T100000Z', 'DTEND:20261224T120000Z'];

  test('holds from its start on, and no longer at its end', () => {
    expect(at('2026-12-24T09:59:59Z', ...once)).toEqual(none);
    expect(at('2026-12-24T10:00:00Z', ...once)).toEqual({ freeze: { name: 'No', until: '2026-12-24T12:00:00.000Z' } });
    expect(at('2026-12-24T12:00:00Z', ...once)).toEqual(none);
  });

  test('may be given by its duration', () => {
    expect(at('2026-12-24T12:59:00Z', 'DTSTART:20261224T100000Z', 'DURATION:PT3H')).not.toEqual(none);
    expect(at('2026-12-24T13:00:00Z', 'DTSTART:20261224T100000Z', 'DURATION:PT3H')).toEqual(none);
  });

  test('that is cancelled is none', () => {
    expect(at('2026-12-24T11:00:00Z', ...once, 'STATUS:CANCELLED')).toEqual(none);
  });

  test('every weekend begins at its local hour when clocks change, and lasts as long as ever (RFC 5545, 3.8.5.3)', () => {
    const weekend = [
      'DTSTART;TZID=Europe/Berlin:20260102T180000',
      'DTEND;TZID=Europe/Berlin:20260105T080000',
      'RRULE:FREQ=WEEKLY;BYDAY=FR',
    ];
    // Winter time ends on Sunday, 29 March 2026.
    expect(at('2026-03-27T16:59:00Z', ...weekend)).toEqual(none);
    expect(at('2026-03-27T17:00:00Z', ...weekend)).not.toEqual(none);
    expect(at('2026-03-29T20:00:00Z', ...weekend)).toEqual({
      freeze: { name: 'No', until: '2026-03-30T07:00:00.000Z' },
    });
    expect(at('2026-04-03T16:00:00Z', ...weekend)).not.toEqual(none);
  });

  test('of whole days begins and ends at midnight of the calendar’s own zone, wherever it is read', () => {
    const days = ['DTSTART;VALUE=DATE:20201224', 'DTEND;VALUE=DATE:20201227', 'RRULE:FREQ=YEARLY'];
    expect(at('2026-12-23T22:59:59Z', ...days)).toEqual(none);
    expect(at('2026-12-23T23:00:00Z', ...days)).toEqual({
      freeze: { name: 'No', until: '2026-12-27 (Europe/Berlin)' },
    });
    expect(at('2026-12-26T22:59:59Z', ...days)).not.toEqual(none);
    expect(at('2026-12-26T23:00:00Z', ...days)).toEqual(none);
  });

  test('leaves out the times that are excepted, and follows one that was moved', () => {
    const daily = ['DTSTART:20261201T100000Z', 'DTEND:20261201T110000Z', 'RRULE:FREQ=DAILY;COUNT=5'];
    expect(at('2026-12-03T10:30:00Z', ...daily, 'EXDATE:20261203T100000Z')).toEqual(none);
    const moved = ['BEGIN:VEVENT', 'UID:1@test', 'RECURRENCE-ID:20261203T100000Z', 'DTSTART:20261220T150000Z'];
    const text = calendar(...event(...daily), ...moved, 'DTEND:20261220T160000Z', 'SUMMARY:Moved', 'END:VEVENT');
    expect(freezeAt(text, '2026-12-03T10:30:00Z')).toEqual(none);
    expect(freezeAt(text, '2026-12-20T15:30:00Z')).toMatchObject({ freeze: { name: 'Moved' } });
  });

  test('ends as late as the longest of several', () => {
    const other = ['BEGIN:VEVENT', 'UID:2@test', 'SUMMARY:Long', 'DTSTART:20261224T090000Z', 'DTEND:20261225T090000Z'];
    expect(freezeAt(calendar(...event(...once), ...other, 'END:VEVENT'), '2026-12-24T11:00:00Z')).toEqual({
      freeze: { name: 'Long', until: '2026-12-25T09:00:00.000Z' },
    });
  });

  test('is read from folded lines, with quoted parameters', () => {
    expect(
      at('2026-12-24T11:00:00Z', 'DTSTART;TZID="Europe/Lon', ' don":20261224T100000', 'DTEND:20261224T120000Z'),
    ).not.toEqual(none);
  });

  test('is none in a calendar without events', () => {
    expect(freezeAt(calendar(), '2026-12-24T11:00:00Z')).toEqual(none);
  });
});

describe('a calendar that cannot be read is no calendar without freezes:', () => {
  const start = 'DTSTART:20261224T100000Z';
  const end = 'DTEND:20261224T120000Z';
  const whole = calendar(...event(start, end));

  test.each([
    ['nothing', '', 'does not begin with BEGIN:VCALENDAR'],
    ['a page that says it is gone', '<html>\n</html>', 'a line of no known form: <html>'],
    ['half a file', whole.slice(0, whole.indexOf('END:VEVENT')), 'ends before END:VEVENT'],
    ['a file that lacks its end', whole.replace('END:VCALENDAR\r\n', ''), 'ends before END:VCALENDAR'],
    ['two files in one', whole + whole, 'something follows END:VCALENDAR'],
    ['crossed ends', whole.replace('END:VEVENT', 'END:VTODO'), 'END:VTODO ends VEVENT'],
    ['no start', calendar(...event(end)), 'has no DTSTART'],
    ['two starts', calendar(...event(start, start, end)), 'has DTSTART twice'],
    ['no end', calendar(...event(start)), 'has no end; give DTEND or DURATION'],
    ['an unknown zone', calendar(...event('DTSTART;TZID=Mars:20261224T100000', end)), '"Mars", which is no name'],
    ['a time in no zone', calendar(...event('DTSTART:20261224T100000', end)), 'in no time zone; give TZID'],
    [
      'a day in no zone',
      whole
        .replace(/X-WR.*\r\n/, '')
        .replace(start, 'DTSTART;VALUE=DATE:20261224')
        .replace(end, 'DURATION:P1D'),
      'give the calendar X-WR-TIMEZONE',
    ],
    ['an unknown zone of days', whole.replace('Europe/Berlin', 'Berlin'), 'X-WR-TIMEZONE is "Berlin"'],
    ['a day that does not exist', calendar(...event('DTSTART:20260230T100000Z', end)), 'which no calendar has'],
    ['words', calendar(...event('DTSTART:tomorrow', end)), 'which is no date of the form'],
    ['a duration that is none', calendar(...event(start, 'DURATION:P')), 'has the DURATION P'],
    ['dates of its own', calendar(...event(start, end, 'RDATE:20261225T100000Z')), 'has RDATE'],
    ['every second', calendar(...event(start, end, 'RRULE:FREQ=SECONDLY')), 'repeats by FREQ=SECONDLY'],
    ['a rule nobody knows', calendar(...event(start, end, 'RRULE:FREQ=DAILY;BYDAY=XX')), ''],
    ['one UID for two events', calendar(...event(start, end), ...event(start, end)), 'the UID 1@test of another event'],
    ['no UID', calendar('BEGIN:VEVENT', start, end, 'END:VEVENT'), 'has no UID'],
  ])('%s', (_, text, message) => {
    const reading = freezeAt(text, '2026-01-01T00:00:00Z');
    expect('unreadable' in reading ? reading.unreadable : reading).toContain(message);
  });
});
