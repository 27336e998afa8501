import { z } from 'zod';
import { byVersion, type ReleaseList } from './release-list.ts';
import { run } from './run.ts';

/** What one published version of a package depends on; null when the registry does not have it. */
export type ReadDependencies = (name: string, version: string) => Promise<Readonly<Record<string, string>> | null>;

export interface Pins {
  readonly versions: Readonly<Record<string, string>>;
  /** Of `direct`, what the release names and the registry does not have. */
  readonly missing: readonly string[];
}

const atOnce = 4;

/**
 * One version for every `@backstage/…` package below `direct`. Backstage publishes a package with ranges that begin at
 * the versions of its release (`^1.4.1`), so that what the list does not name is taken at the highest such beginning;
 * left to npm, an old release would get today's libraries. What was never published is left to npm.
 */
export async function pinsOf(
  { packages }: ReleaseList,
  direct: readonly string[],
  read: ReadDependencies = readDependencies,
): Promise<Pins> {
  const pins = new Map(direct.map((name) => [name, packages[name] ?? '']));
  const unpublished = new Set<string>();
  let due = [...pins];
  while (due.length > 0) {
    const batch = due.slice(0, atOnce);
    due = due.slice(atOnce);
    const found = await Promise.all(batch.map(([name, version]) => read(name, version)));
    batch.forEach(([name], index) => {
      if (found[index] === null) unpublished.add(name);
      else unpublished.delete(name);
    });
    for (const [name, range] of found.flatMap((dependencies) => Object.entries(dependencies ?? {}))) {
      const version = packages[name] ?? beginningOf(range);
      const pinned = pins.get(name);
      if (!name.startsWith('@backstage/') || version === undefined) continue;
      if (pinned !== undefined && byVersion(pinned, version) >= 0) continue;
      pins.set(name, version);
      due = [...due.filter(([other]) => other !== name), [name, version]];
    }
  }
  const published = [...pins].filter(([name]) => !unpublished.has(name));
  return {
    versions: Object.fromEntries(published.toSorted(([a], [b]) => a.localeCompare(b))),
    missing: direct.filter((name) => unpublished.has(name)),
  };
}

/** Where a range of the forms that Backstage publishes begins; undefined for any other. */
function beginningOf(range: string): string | undefined {
  return /^[\^~]?(\d+\.\d+\.\d+)$/.exec(range)?.[1];
}

async function readDependencies(name: string, version: string): Promise<Record<string, string> | null> {
  try {
    const told = await run('npm', ['view', `${name}@${version}`, 'dependencies', '--json']);
    return told.trim() === '' ? {} : z.record(z.string(), z.string()).parse(JSON.parse(told));
  } catch (error) {
    if (error instanceof Error && error.message.includes('E404')) return null;
    throw error;
  }
}
