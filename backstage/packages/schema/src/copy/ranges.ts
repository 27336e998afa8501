import type { Knex } from 'knex';

/** A quarter of a megabyte, as the server keeps rows by default: a few milliseconds of its time. */
const BLOCKS = 32;

/** PostgreSQL 14 reads a range of a table's blocks without the others; one before it would read the whole table. */
const READS_RANGES = 140_000;

/**
 * A table in pieces that lie together on disk, as conditions on its rows. Each row is in one of them, whatever happens
 * to the table meanwhile: a snapshot sees it where it was.
 * @param table its name, quoted
 */
export async function rangesOf(knex: Knex, table: string): Promise<Iterable<string>> {
  const { rows } = await knex.raw<{ rows: { version: number; blocks: number }[] }>(
    `select current_setting('server_version_num')::int as version,
       (pg_relation_size(?::regclass) / current_setting('block_size')::int)::int as blocks`,
    [table],
  );
  const [found] = rows;
  return found && found.version >= READS_RANGES ? ranges(found.blocks, BLOCKS) : ['true'];
}

/** The last one is open: a table may have grown since it was measured. Pure. */
export function* ranges(blocks: number, each: number): Iterable<string> {
  let from = 0;
  for (; from + each < blocks; from += each) yield `ctid >= '(${from},0)' and ctid < '(${from + each},0)'`;
  yield `ctid >= '(${from},0)'`;
}
