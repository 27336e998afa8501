import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { App } from '../app';
import { CATALOG_QUERIES } from '../catalogQueries';
import { readOnly } from '../databases';
import { isMissingDatabase } from '../state';
import type { Unplaced } from '../types';

export interface FingerprintReport {
  readonly ok: true;
  /** SHA-256, of all plugins together. */
  readonly digest: string;
  readonly plugins: readonly PluginFingerprint[];
  readonly unplaced: readonly Unplaced[];
}

export interface PluginFingerprint {
  readonly plugin: string;
  readonly digest: string;
  readonly tables: number;
  /** One line for each object, in an order that depends on nothing but the lines; only when asked for. */
  readonly details?: readonly string[];
}

/** Describes the schemas as they are, whatever the records of migrations say. Changes nothing. */
export async function fingerprint({ config, sets, unplaced }: App, withDetails: boolean): Promise<FingerprintReport> {
  const databases = readOnly(config);
  try {
    const names = [...new Set(sets.map((set) => set.plugin))];
    const plugins = await Promise.all(
      names.map(async (plugin) => {
        const lines = await describeSchema(await databases.of(plugin));
        const tables = lines.filter((line) => line.startsWith('table ')).length;
        return { plugin, digest: digestOf(lines), tables, ...(withDetails ? { details: lines } : {}) };
      }),
    );
    return { ok: true, digest: digestOf(plugins.map((p) => `${p.plugin} ${p.digest}`)), plugins, unplaced };
  } finally {
    await databases.close();
  }
}

/** One line for each object, sorted; none for a database that does not exist. */
export async function describeSchema(knex: Knex): Promise<string[]> {
  try {
    const lines: string[] = [];
    // One snapshot: a migration that ends meanwhile must not be seen by half.
    await knex.transaction(
      async (trx) => {
        for (const query of CATALOG_QUERIES) {
          const { rows } = await trx.raw<{ rows: { line: string }[] }>(query);
          lines.push(...rows.map((row) => row.line.replaceAll(/\s+/g, ' ')));
        }
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    );
    return lines.toSorted();
  } catch (error) {
    if (isMissingDatabase(error)) return [];
    throw error;
  }
}

function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
