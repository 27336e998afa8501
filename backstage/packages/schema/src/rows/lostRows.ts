import type { Counts } from './countRows';

export interface LostRows {
  readonly plugin: string;
  readonly table: string;
  /** Missing when whole rows are meant: else rows that have lost their value in this column. */
  readonly column?: string;
  readonly rows: number;
}

/** The catalog and the search index build these anew from what is left; how many rows there are is their own affair. */
const DERIVED: Readonly<Record<string, readonly string[]>> = { catalog: ['search'], search: ['documents'] };

/**
 * What a schema had before a migration, and has not after the way back from it. Pure. Values count in columns that the
 * migration took away and the way back brought again, empty: in others they change by the application's own work.
 * @param migrated the same schema between the two, with what the migration made of it
 */
export function lostRows(plugin: string, before: Counts, migrated: Counts, after: Counts): LostRows[] {
  return Object.entries(before).flatMap(([table, was]) => {
    if (DERIVED[plugin]?.includes(table)) return [];
    const is = after[table];
    const gone = was.rows - (is?.rows ?? 0);
    if (gone > 0) return [{ plugin, table, rows: gone }];
    return Object.entries(was.values).flatMap(([column, values]) => {
      if (migrated[table]?.values[column] !== undefined) return [];
      const emptied = values - (is?.values[column] ?? 0);
      return emptied > 0 ? [{ plugin, table, column, rows: emptied }] : [];
    });
  });
}

/** What went with the tables and columns that a way back took away. Pure. */
export function discardedRows(plugin: string, migrated: Counts, after: Counts): LostRows[] {
  return Object.entries(migrated).flatMap(([table, was]) => {
    const is = after[table];
    if (!is) return was.rows > 0 ? [{ plugin, table, rows: was.rows }] : [];
    return Object.entries(was.values)
      .filter(([column, values]) => values > 0 && is.values[column] === undefined)
      .map(([column, rows]) => ({ plugin, table, column, rows }));
  });
}
