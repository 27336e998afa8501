import { createHash } from 'node:crypto';

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** What the prefixes of all scratch copies of a service begin with, whichever release made them. */
export function serviceScratch(environment: string, service: string): string {
  return `scratch_${digest(`${environment}/${service}`, 6)}_`;
}

/**
 * Prefix of a release's scratch databases: lower-case letters, digits and underscores, short enough for
 * PostgreSQL's 63 bytes with a plugin's name behind it.
 */
export function releaseScratch(environment: string, service: string, release: string): string {
  return `${serviceScratch(environment, service)}${digest(release, 8)}_`;
}

/** A command with its placeholders filled in. */
export function fill(command: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return command.map((word) => fillWord(word, values));
}

export function fillWord(word: string, values: Readonly<Record<string, string>>): string {
  return word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
