import { CalendarError, type Component, type ContentLine, parseCalendar } from './content-lines.ts';

/** The zone in which a calendar's whole days begin and end, as calendar programs export it. */
const zoneProperty = 'X-WR-TIMEZONE';

const repeats = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/**
 * Refuses what the library that expands the events would read as something else without a word: unknown time
 * zones and times without one (it takes the machine's), dates that do not exist, RDATE, two events of one UID.
 *
 * @returns the zone of whole days; null for a calendar that names none, which then has no whole days
 * @throws CalendarError naming the event, what is wrong, and how to mend it
 */
export function checkCalendar(text: string): string | null {
  const calendar = parseCalendar(text);
  const zone = calendar.lines.find((line) => line.name === zoneProperty)?.value ?? null;
  if (zone !== null && !isZone(zone)) throw new CalendarError(`${zoneProperty} ${unknownZone(zone)}`);
  const seen = new Set<string>();
  for (const event of calendar.components.filter(({ name }) => name === 'VEVENT')) {
    const refuse = (problem: string): never => {
      throw new CalendarError(`the event ${nameOf(event)} ${problem}`);
    };
    const uid = one(event, 'UID', refuse)?.value ?? refuse('has no UID; give it one of its own');
    const instance = one(event, 'RECURRENCE-ID', refuse);
    if (instance === undefined && seen.has(uid)) refuse(`has the UID ${uid} of another event; give it one of its own`);
    seen.add(uid);
    for (const name of ['RDATE', 'EXRULE']) {
      if (event.lines.some((line) => line.name === name)) refuse(`has ${name}; write an event of its own instead`);
    }
    checkTimes(event, zone, refuse);
    const rule = one(event, 'RRULE', refuse)?.value;
    const frequency = rule === undefined ? 'DAILY' : (/(?:^|;)FREQ=([A-Z]+)/.exec(rule)?.[1] ?? '');
    if (!repeats.includes(frequency)) refuse(`repeats by ${rule}; FREQ may be ${repeats.join(', ')}`);
  }
  return zone;
}

type Refuse = (problem: string) => never;

function checkTimes(event: Component, zone: string | null, refuse: Refuse): void {
  const start = one(event, 'DTSTART', refuse) ?? refuse('has no DTSTART');
  const end = one(event, 'DTEND', refuse);
  const duration = one(event, 'DURATION', refuse);
  if (duration !== undefined && !/^P(?=.)(\d+W|(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?)$/.test(duration.value)) {
    refuse(`has the DURATION ${duration.value}, which is none`);
  }
  if (!isWholeDay(start) && end === undefined && duration === undefined) {
    refuse('has no end; give DTEND or DURATION');
  }
  const times = event.lines.filter(({ name }) => ['DTSTART', 'DTEND', 'EXDATE', 'RECURRENCE-ID'].includes(name));
  for (const line of times) {
    for (const value of line.value.split(',')) {
      const problem = problemOf(line, value, zone);
      if (problem !== null) refuse(`has ${line.name}:${value}, ${problem}`);
    }
  }
  if (end !== undefined && isWholeDay(end) !== isWholeDay(start)) refuse('begins with a time and ends with a day');
}

const isWholeDay = (line: ContentLine): boolean => line.parameters.get('VALUE') === 'DATE';

function problemOf(line: ContentLine, value: string, zone: string | null): string | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(value);
  if (parts === null) return 'which is no date of the form 20261224, 20261224T180000 or 20261224T180000Z';
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!same || date.getUTCMinutes() !== minute) return 'which no calendar has';
  if (isWholeDay(line)) {
    if (value.includes('T')) return 'which is no whole day';
    return zone === null
      ? `a whole day in no time zone; give the calendar ${zoneProperty}, such as Europe/Berlin`
      : null;
  }
  if (!value.includes('T')) return 'a day without VALUE=DATE';
  if (value.endsWith('Z')) return null;
  const own = line.parameters.get('TZID');
  if (own === undefined) return 'a time in no time zone; give TZID, or end it in Z for UTC';
  return isZone(own) ? null : `whose TZID ${unknownZone(own)}`;
}

const unknownZone = (zone: string): string =>
  `is ${JSON.stringify(zone)}, which is no name of the time zone database; give one such as Europe/Berlin`;

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

function one(event: Component, name: string, refuse: Refuse): ContentLine | undefined {
  const [line, second] = event.lines.filter((each) => each.name === name);
  if (second !== undefined) refuse(`has ${name} twice`);
  return line;
}

function nameOf(event: Component): string {
  const value = (name: string) => event.lines.find((line) => line.name === name)?.value;
  return JSON.stringify(value('SUMMARY') ?? value('UID') ?? 'without a name');
}
