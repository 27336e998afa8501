import type { Knex } from 'knex';

/** Names are quoted already. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

export async function tablesOf(knex: Knex): Promise<Table[]> {
  const { rows } = await knex.raw<{ rows: Table[] }>(
    `select quote_ident(c.relname) as name,
       array_agg(quote_ident(a.attname) order by a.attname) filter (where a.attgenerated = '') as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' group by c.relname order by c.relname`,
  );
  return rows;
}

/** Tables and columns that both have; what only one has is drift, and told by the fingerprints. Pure. */
export function common(source: readonly Table[], target: readonly Table[], leaveOut: readonly string[]): Table[] {
  return source.flatMap(({ name, columns }) => {
    const other = target.find((table) => table.name === name);
    if (!other || leaveOut.includes(name)) return [];
    return [{ name, columns: columns.filter((column) => other.columns.includes(column)) }];
  });
}

interface Constraint {
  readonly owner: string;
  readonly name: string;
  readonly definition: string;
  readonly refers: boolean;
}

const DEPENDENT_OBJECTS_STILL_EXIST = '2BP01';
const HERE = 'c.relnamespace = current_schema()::regnamespace';

/** What a partition has of its table can neither be dropped nor added by itself: those stay while rows come. */
const ALONE = "c.relkind = 'r' and not c.relispartition";

/**
 * Takes away what would check rows one by one, and every index, and tells how to put it back: rows come in no order of
 * theirs, and an index is built in one go in less than half of the time that its rows take one by one. Nor does
 * autovacuum come in between: it would hold the tables that wait for their indexes.
 */
export async function suspendChecks(knex: Knex): Promise<() => Promise<void>> {
  const { rows: all } = await knex.raw<{ rows: Constraint[] }>(
    `select quote_ident(c.relname) as owner, quote_ident(k.conname) as name, pg_get_constraintdef(k.oid, true) definition,
       k.contype = 'f' as refers
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where ${HERE} and (k.contype in ('p', 'u', 'x') and ${ALONE}
       or k.contype = 'f' and c.relkind in ('r', 'p') and k.conparentid = 0)
     order by k.contype = 'f' desc, k.oid`,
  );
  const tables = await tablesOf(knex);
  const constraints: Constraint[] = [];
  for (const constraint of all) {
    const { owner, name } = constraint;
    if (await dropped(knex, `alter table ${owner} drop constraint ${name}`)) constraints.push(constraint);
  }
  const { rows: indexes } = await knex.raw<{ rows: { name: string; definition: string }[] }>(
    `select quote_ident(i.relname) as name, pg_get_indexdef(i.oid) as definition
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
     where ${HERE} and ${ALONE}
       and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))`,
  );
  for (const { name } of indexes) await knex.raw(`drop index ${name}`);
  for (const { name } of tables) await knex.raw(`alter table ${name} disable trigger user, set (autovacuum_enabled = false)`);
  return async () => {
    // What others refer to has to be there before them.
    for (const constraint of constraints.filter(({ refers }) => !refers)) await add(knex, constraint);
    for (const { definition } of indexes) await run(knex, definition);
    for (const constraint of constraints.filter(({ refers }) => refers)) await add(knex, constraint);
    for (const { name } of tables) await knex.raw(`alter table ${name} enable trigger user, reset (autovacuum_enabled)`);
  };
}

/** A view may lean on a primary key, in its GROUP BY: that one stays. */
async function dropped(knex: Knex, statement: string): Promise<boolean> {
  try {
    await knex.raw(statement);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === DEPENDENT_OBJECTS_STILL_EXIST) return false;
    throw error;
  }
}

async function add(knex: Knex, { owner, name, definition }: Constraint): Promise<void> {
  await run(knex, `alter table ${owner} add constraint ${name} ${definition}`);
}

/**
 * Without the workers that PostgreSQL adds to build an index: the server has users to answer meanwhile.
 * A definition may contain question marks, which Knex would take for parameters.
 */
async function run(knex: Knex, statement: string): Promise<void> {
  await knex.transaction(async (transaction) => {
    await transaction.raw('set local max_parallel_maintenance_workers = 0');
    await transaction.raw(statement.replaceAll('?', '\\?'));
  });
}

export async function copySequences(source: Knex, target: Knex): Promise<void> {
  const list = 'select quote_ident(sequencename) as name from pg_sequences where schemaname = current_schema()';
  const { rows: wanted } = await source.raw<{ rows: { name: string }[] }>(list);
  const { rows: there } = await target.raw<{ rows: { name: string }[] }>(list);
  for (const { name } of wanted.filter((sequence) => there.some((other) => other.name === sequence.name))) {
    const { rows } = await source.raw<{ rows: { last_value: string; is_called: boolean }[] }>(
      `select last_value, is_called from ${name}`,
    );
    const [state] = rows;
    if (state) await target.raw('select setval(?::regclass, ?, ?)', [name, state.last_value, state.is_called]);
  }
}
