import type { Config } from '@backstage/config';
import type { Knex } from 'knex';
import { Databases } from '../databases';
import { SchemaError } from '../SchemaError';
import { MARK, parseMark, writeMark } from './mark';

const PREFIX = /^[a-z][a-z0-9_]{2,30}$/;

/** Databases beside the live ones, under another prefix. */
export function scratchPrefix(config: Config, prefix: string): string {
  const live = livePrefix(config);
  if (!PREFIX.test(prefix)) {
    throw new SchemaError('scratch', `The prefix "${prefix}" does not match ${PREFIX.source}: such as scratch_42_`);
  }
  if (live.startsWith(prefix) || prefix.startsWith(live)) {
    throw new SchemaError('scratch', `The prefix ${prefix} is too like that of the live databases, ${live}`);
  }
  return prefix;
}

export function livePrefix(config: Config): string {
  const database = config.getConfig('backend.database');
  if ((database.getOptionalString('pluginDivisionMode') ?? 'database') !== 'database') {
    throw new SchemaError('scratch', 'A scratch copy needs pluginDivisionMode "database": here it is "schema"');
  }
  return prefixOf(config);
}

export function prefixOf(config: Config): string {
  return config.getOptionalString('backend.database.prefix') ?? 'backstage_plugin_';
}

export function scratchDatabases(config: Config, prefix: string, ensureExists: boolean): Databases {
  return new Databases(config, { prefix, ensureExists });
}

/**
 * @param target may have been created just now, and must not be anything else
 * @param of prefix of the live databases
 */
export async function claimScratch(plugin: string, live: Knex, target: Knex, of: string): Promise<void> {
  const name = await nameOf(target);
  if (name === (await nameOf(live))) {
    throw new SchemaError('scratch', `The configuration gives ${plugin} the database ${name} whatever the prefix`, {
      plugin,
    });
  }
  if (await hasTables(target)) {
    throw new SchemaError('scratch', `The database ${name} is in use: drop it first`, { plugin });
  }
  await writeMark(target, { at: await serverTime(target), of });
}

export async function hasTables(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `select 1 from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') limit 1`,
  );
  return rows.length > 0;
}

async function nameOf(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>('select current_database() as name');
  return rows[0]?.name ?? '';
}

async function serverTime(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { at: Date }[] }>('select now() as at');
  return rows[0]?.at.toISOString() ?? '';
}

export interface DropWhat {
  /** What the databases' names begin with; any when missing. */
  readonly prefix?: string;
  /** Only copies of the databases under this prefix. */
  readonly of?: string;
  /** Younger ones may be in use. */
  readonly olderThanMs: number;
}

/** @returns which were dropped, and which bear the prefix and no mark, or are too young, and were left alone */
export async function dropScratch(
  admin: Knex,
  { prefix = '', of, olderThanMs }: DropWhat,
  dryRun: boolean,
): Promise<{ dropped: string[]; left: string[] }> {
  const { rows } = await admin.raw<{ rows: { name: string; comment: string | null }[] }>(
    `select datname as name, shobj_description(oid, 'pg_database') as comment from pg_database
     where starts_with(datname, ?) and (? <> '' or starts_with(shobj_description(oid, 'pg_database'), ?)) order by datname`,
    [prefix, prefix, MARK],
  );
  const now = Date.parse(await serverTime(admin));
  const isDue = ({ comment }: { comment: string | null }) => {
    const mark = parseMark(comment ?? '');
    if (!mark || (of !== undefined && mark.of !== undefined && mark.of !== of)) return false;
    // One without a date was made by an older version of this tool.
    return mark.at === undefined || now - Date.parse(mark.at) >= olderThanMs;
  };
  const dropped = rows.filter(isDue).map((row) => row.name);
  if (!dryRun) for (const name of dropped) await admin.raw('drop database ?? with (force)', [name]);
  return { dropped, left: rows.filter((row) => !isDue(row)).map((row) => row.name) };
}
