/** One line of an iCalendar file, unfolded. */
export interface ContentLine {
  /** In capitals: `DTSTART`. */
  readonly name: string;
  /** By their names in capitals, without quotes: `TZID` → `Europe/Berlin`. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

/** A component with what stands directly in it. */
export interface Component {
  readonly name: string;
  readonly lines: readonly ContentLine[];
  readonly components: readonly Component[];
}

/** The text is no iCalendar file, or has something in it that a freeze cannot be told from. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

const linePattern = /^(?<name>[A-Za-z0-9-]+)(?<parameters>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(?<value>.*)$/;

/**
 * The calendar as a tree; every line is read or refused, so that a file that was cut off, or is something else,
 * is never taken for a calendar without events (RFC 5545, 3.1 and 3.4).
 *
 * @throws CalendarError
 */
export function parseCalendar(text: string): Component {
  const [first, ...rest] = contentLines(text);
  if (first?.name !== 'BEGIN' || first.value.toUpperCase() !== 'VCALENDAR') {
    throw new CalendarError('it does not begin with BEGIN:VCALENDAR');
  }
  const { component, after } = parseComponent('VCALENDAR', rest);
  if (after.length > 0) throw new CalendarError('something follows END:VCALENDAR');
  return component;
}

function parseComponent(
  name: string,
  content: readonly ContentLine[],
): { component: Component; after: readonly ContentLine[] } {
  const [lines, components]: [ContentLine[], Component[]] = [[], []];
  let left = content;
  for (let [line] = left; line !== undefined; [line] = left) {
    const rest = left.slice(1);
    const value = line.value.toUpperCase();
    if (line.name === 'END') {
      if (value !== name) throw new CalendarError(`END:${line.value} ends ${name}`);
      return { component: { name, lines, components }, after: rest };
    }
    if (line.name === 'BEGIN') {
      const inner = parseComponent(value, rest);
      components.push(inner.component);
      left = inner.after;
    } else {
      lines.push(line);
      left = rest;
    }
  }
  throw new CalendarError(`it ends before END:${name}`);
}

function contentLines(text: string): ContentLine[] {
  const unfolded = text.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);
  return unfolded.filter((line) => line.trim() !== '').map(toLine);
}

function toLine(line: string): ContentLine {
  const groups = linePattern.exec(line)?.groups;
  if (groups === undefined) throw new CalendarError(`it has a line of no known form: ${line.slice(0, 60)}`);
  const { name = '', parameters = '', value = '' } = groups;
  const pairs = [...parameters.matchAll(/;([^=]+)=("[^"]*"|[^";]*)/g)].map(
    ([, key = '', text = '']) => [key.toUpperCase(), text.replaceAll('"', '')] as const,
  );
  return { name: name.toUpperCase(), parameters: new Map(pairs), value };
}
