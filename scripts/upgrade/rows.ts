import { Client, escapeIdentifier } from 'pg';

/** How to reach the server as its superuser. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Rows by database (without its prefix) and table: their keys, or only how many where nothing but a counter tells them apart. */
export type Rows = ReadonlyMap<string, { readonly keys: ReadonlySet<string> } | { readonly count: number }>;

interface Table {
  readonly name: string;
  /** Columns of the smallest unique index that no counter fills. */
  readonly key: string[] | null;
}

// What Knex records, and what core services keep for themselves and write every few seconds.
const tables = `
  select c.relname as name, (
    select array_agg(a.attname::text order by a.attname)
    from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null
    group by i.indexrelid
    having bool_and(a.attnotnull and a.attidentity = '' and coalesce(pg_get_expr(d.adbin, d.adrelid), '') not like 'nextval%')
    order by count(*), i.indexrelid limit 1) as key
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    and c.relname not like 'knex_migrations%' and c.relname not like 'backstage_backend_%'`;

export async function readRows(server: Server, prefix: string): Promise<Rows> {
  const databases = await query<{ name: string }>(
    server,
    'postgres',
    'select datname as name from pg_database where starts_with(datname, $1) order by 1',
    [prefix],
  );
  const rows = new Map<string, { keys: Set<string> } | { count: number }>();
  for (const { name: database } of databases) {
    for (const { name, key } of await query<Table>(server, database, tables)) {
      const place = `${database.slice(prefix.length)}.${name}`;
      const from = `from ${escapeIdentifier(name)}`;
      if (key) {
        const columns = key.map((column) => escapeIdentifier(column)).join(', ');
        const found = await query<{ key: string }>(
          server,
          database,
          `select md5(row(${columns})::text) as key ${from}`,
        );
        rows.set(place, { keys: new Set(found.map((row) => row.key)) });
      } else {
        const [found] = await query<{ count: string }>(server, database, `select count(*) ${from}`);
        rows.set(place, { count: Number(found?.count ?? 0) });
      }
    }
  }
  return rows;
}

/** How many rows of `before` are not in `after`, by table; a table that is gone has lost all of them. Pure. */
export function lostRows(before: Rows, after: Rows): Map<string, number> {
  const lost = new Map<string, number>();
  for (const [place, was] of before) {
    const is = after.get(place);
    const left = is === undefined ? new Set<string>() : 'keys' in is ? is.keys : is.count;
    const count = lostOf(was, left);
    if (count > 0) lost.set(place, count);
  }
  return lost;
}

function lostOf(was: { keys: ReadonlySet<string> } | { count: number }, left: ReadonlySet<string> | number): number {
  if ('keys' in was && typeof left !== 'number') return [...was.keys].filter((key) => !left.has(key)).length;
  const count = 'keys' in was ? was.keys.size : was.count;
  return Math.max(0, count - (typeof left === 'number' ? left : left.size));
}

async function query<R extends object>(
  server: Server,
  database: string,
  sql: string,
  values: string[] = [],
): Promise<R[]> {
  const client = new Client({ ...server, database });
  await client.connect();
  try {
    return (await client.query<R>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
