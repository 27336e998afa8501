import { type EventInstance, expandRecurringEvent, sync, type VEvent } from 'node-ical';
import { checkCalendar } from './check-calendar.ts';
import { CalendarError } from './content-lines.ts';

/** A time in which no feature is to be released. */
export interface Freeze {
  /** The event's summary. */
  readonly name: string;
  /** ISO instant, or the first day after it where the event is of whole days. */
  readonly until: string;
}

export type FreezeReading = { readonly freeze: Freeze | null } | { readonly unreadable: string };

/**
 * The freeze that an instant lies in, the longest where there are several. What cannot be read is no "no freeze":
 * it has an answer of its own.
 *
 * @param calendar text of an iCalendar file (RFC 5545); each event in it is a freeze, except a cancelled one
 * @param now ISO instant
 */
export function freezeAt(calendar: string, now: string): FreezeReading {
  try {
    const zone = checkCalendar(calendar);
    const found = eventsOf(calendar).flatMap((event) => instancesAround(event, now));
    const freezes = found.map((instance) => toFreeze(instance, zone ?? 'UTC', now)).filter((each) => each !== null);
    return { freeze: freezes.toSorted((a, b) => a.until.localeCompare(b.until)).at(-1) ?? null };
  } catch (error) {
    if (error instanceof CalendarError) return { unreadable: error.message };
    // What the library throws at a rule that it cannot follow.
    return { unreadable: `an event in it cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function eventsOf(calendar: string): VEvent[] {
  return Object.values(sync.parseICS(calendar)).flatMap((component) =>
    component?.type === 'VEVENT' && component.status !== 'CANCELLED' ? [component] : [],
  );
}

const dayMs = 24 * 60 * 60 * 1000;

/** All that may hold the instant: whole days are kept in the machine's zone, which may be most of a day away. */
function instancesAround(event: VEvent, now: string): EventInstance[] {
  const at = Date.parse(now);
  return expandRecurringEvent(event, {
    from: new Date(at - dayMs),
    to: new Date(at + dayMs),
    expandOngoing: true,
  });
}

function toFreeze({ start, end, summary, isFullDay }: EventInstance, zone: string, now: string): Freeze | null {
  const name = typeof summary === 'string' ? summary : (summary?.val ?? 'without a name');
  if (isFullDay) {
    const today = dayIn(zone, new Date(now));
    return day(start) <= today && today < day(end) ? { name, until: `${day(end)} (${zone})` } : null;
  }
  const at = Date.parse(now);
  return start.getTime() <= at && at < end.getTime() ? { name, until: end.toISOString() } : null;
}

/** The day that the machine's zone gives, which is the one that the library put in. */
const day = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');

const dayIn = (timeZone: string, date: Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(date);
