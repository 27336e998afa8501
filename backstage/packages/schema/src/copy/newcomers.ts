import type { Config } from '@backstage/config';
import type { Knex } from 'knex';
import type { Databases } from '../databases';
import { isMissingDatabase } from '../state';
import { readMark, type ScratchMark, writeMark } from './mark';
import { hasTables, prefixOf } from './scratch';

/**
 * The mark of the scratch copy that this app runs on: what is not in the copy, because there is nothing live of it yet,
 * belongs to it too. Undefined unless each of the app's own databases that has tables says that it is a copy, all of
 * the same databases, under another prefix: one that does not may be live.
 */
export async function markOfAll(
  config: Config,
  databases: Databases,
  plugins: Iterable<string>,
): Promise<ScratchMark | undefined> {
  const marks: (ScratchMark | undefined)[] = [];
  for (const plugin of plugins) {
    try {
      const knex = await databases.of(plugin);
      if (await hasTables(knex)) marks.push(await readMark(knex));
    } catch (error) {
      if (!isMissingDatabase(error)) throw error;
    }
  }
  const [first] = marks;
  const { at, of } = first ?? {};
  if (at === undefined || of === undefined || of === prefixOf(config)) return undefined;
  return marks.every((mark) => mark?.of === of) ? { at, of } : undefined;
}

/** Has a database that is new, and therefore empty, say that it belongs to the copy. */
export async function markNewcomer(knex: Knex, mark: ScratchMark): Promise<void> {
  if (!(await hasTables(knex)) && !(await readMark(knex))) await writeMark(knex, mark);
}
