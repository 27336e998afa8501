import type { Knex } from 'knex';
import type { Counts } from '../rows/countRows';

/** How the comment begins by which a scratch copy's databases are told: nothing else is ever dropped. */
export const MARK = 'backstage-schema: scratch copy, may be dropped';

/** What a scratch database says of itself. */
export interface ScratchMark {
  /** When it was made, ISO 8601. */
  readonly at?: string;
  /** The live databases' prefix: whose copy it is. */
  readonly of?: string;
  /** What was in it before the first migration that ran on the copy. */
  readonly before?: Counts;
}

/** @returns undefined for a database that is no scratch copy */
export async function readMark(knex: Knex): Promise<ScratchMark | undefined> {
  const { rows } = await knex.raw<{ rows: { comment: string | null }[] }>(
    "select shobj_description(oid, 'pg_database') as comment from pg_database where datname = current_database()",
  );
  return parseMark(rows[0]?.comment ?? '');
}

export function parseMark(comment: string): ScratchMark | undefined {
  if (!comment.startsWith(MARK)) return undefined;
  try {
    return JSON.parse(comment.slice(MARK.length)) as ScratchMark;
  } catch {
    return {};
  }
}

export async function writeMark(knex: Knex, mark: ScratchMark): Promise<void> {
  const comment = `${MARK} ${JSON.stringify(mark)}`;
  // A comment takes no parameter, and the database's name is not ours to quote.
  const { rows } = await knex.raw<{ rows: { statement: string }[] }>(
    "select format('comment on database %I is %L', current_database(), ?::text) as statement",
    [comment],
  );
  await knex.raw((rows[0]?.statement ?? '').replaceAll('?', '\\?'));
}
