import type { Knex } from 'knex';
import { isMissingDatabase } from '../state';

/** How many rows a table has, and how many of them have a value in each column. */
export interface TableCount {
  readonly rows: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Of one plugin's tables, by name. */
export type Counts = Readonly<Record<string, TableCount>>;

interface Column {
  readonly table: string;
  readonly column: string;
}

// What migrations record, and what core services keep for themselves and write every few seconds, is nobody's data.
const COLUMNS = `
  select c.relname as table, a.attname as column
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
    and c.relname not like '%knex\\_migrations%' and c.relname not like 'backstage\\_backend\\_%'
  order by c.relname, a.attnum`;

/** Reads every row once: seconds for a million of them. */
export async function countRows(knex: Knex): Promise<Counts> {
  try {
    const { rows: columns } = await knex.raw<{ rows: Column[] }>(COLUMNS);
    const counts: Record<string, TableCount> = {};
    for (const table of new Set(columns.map((column) => column.table))) {
      const own = columns.filter((column) => column.table === table).map(({ column }) => column);
      const { rows } = await knex.raw<{ rows: Record<string, string>[] }>(
        `select count(*) as rows${own.map((_, index) => `, count(??) as c${index}`).join('')} from ??`,
        [...own, table],
      );
      const values = own.map((column, index) => [column, Number(rows[0]?.[`c${index}`])] as const);
      counts[table] = { rows: Number(rows[0]?.rows), values: Object.fromEntries(values) };
    }
    return counts;
  } catch (error) {
    if (isMissingDatabase(error)) return {};
    throw error;
  }
}
