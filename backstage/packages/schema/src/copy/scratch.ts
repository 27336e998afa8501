import type { Config } from '@backstage/config';
import type { Knex } from 'knex';
import { Databases } from '../databases';
import { SchemaError } from '../SchemaError';

/** What a scratch copy's databases say of themselves, so that nothing else is ever dropped. */
const MARK = 'backstage-schema: scratch copy, may be dropped';
const PREFIX = /^[a-z][a-z0-9_]{2,30}$/;

/** Databases beside the live ones, under another prefix. */
export function scratchPrefix(config: Config, prefix: string): string {
  const database = config.getConfig('backend.database');
  if ((database.getOptionalString('pluginDivisionMode') ?? 'database') !== 'database') {
    throw new SchemaError('scratch', 'A scratch copy needs pluginDivisionMode "database": here it is "schema"');
  }
  const live = database.getOptionalString('prefix') ?? 'backstage_plugin_';
  if (!PREFIX.test(prefix)) {
    throw new SchemaError('scratch', `The prefix "${prefix}" does not match ${PREFIX.source}: such as scratch_42_`);
  }
  if (live.startsWith(prefix) || prefix.startsWith(live)) {
    throw new SchemaError('scratch', `The prefix ${prefix} is too like that of the live databases, ${live}`);
  }
  return prefix;
}

export function scratchDatabases(config: Config, prefix: string, ensureExists: boolean): Databases {
  return new Databases(config, { prefix, ensureExists });
}

/** @param target may have been created just now, and must not be anything else */
export async function claimScratch(plugin: string, live: Knex, target: Knex): Promise<void> {
  const name = await nameOf(target);
  if (name === (await nameOf(live))) {
    throw new SchemaError('scratch', `The configuration gives ${plugin} the database ${name} whatever the prefix`, {
      plugin,
    });
  }
  const { rows } = await target.raw<{ rows: unknown[] }>(
    "select 1 from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' limit 1",
  );
  if (rows.length > 0) throw new SchemaError('scratch', `The database ${name} is in use: drop it first`, { plugin });
  await target.raw(`comment on database ?? is '${MARK}'`, [name]);
}

async function nameOf(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>('select current_database() as name');
  return rows[0]?.name ?? '';
}

/** @returns which were dropped, and which bear the prefix and no mark, and were left alone */
export async function dropScratch(
  admin: Knex,
  prefix: string,
  dryRun: boolean,
): Promise<{ dropped: string[]; left: string[] }> {
  const { rows } = await admin.raw<{ rows: { name: string; marked: boolean }[] }>(
    `select datname as name, coalesce(shobj_description(oid, 'pg_database') = ?, false) marked
     from pg_database where starts_with(datname, ?) order by datname`,
    [MARK, prefix],
  );
  const dropped = rows.filter((row) => row.marked).map((row) => row.name);
  if (!dryRun) for (const name of dropped) await admin.raw('drop database ?? with (force)', [name]);
  return { dropped, left: rows.filter((row) => !row.marked).map((row) => row.name) };
}
