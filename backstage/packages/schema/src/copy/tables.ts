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

/** Takes away what would check rows one by one, and tells how to put it back: rows come in no order of theirs. */
export async function suspendChecks(knex: Knex): Promise<() => Promise<void>> {
  const { rows } = await knex.raw<{ rows: { owner: string; name: string; definition: string }[] }>(
    `select quote_ident(c.relname) as owner, quote_ident(k.conname) as name, pg_get_constraintdef(k.oid, true) definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.contype = 'f' and c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`,
  );
  const tables = await tablesOf(knex);
  for (const { owner, name } of rows) await knex.raw(`alter table ${owner} drop constraint ${name}`);
  for (const { name } of tables) await knex.raw(`alter table ${name} disable trigger user`);
  return async () => {
    for (const { name } of tables) await knex.raw(`alter table ${name} enable trigger user`);
    for (const { owner, name, definition } of rows) {
      await knex.schema.raw(`alter table ${owner} add constraint ${name} ${definition}`);
    }
  };
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
