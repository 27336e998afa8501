import { setTimeout as sleep } from 'node:timers/promises';
import type { SchemaAftermath } from '../scenarios/report.ts';
import type { Stage } from '../stage-api.ts';
import type { Outside } from './outside.ts';

const bootingMs = 120_000;
const probingMs = 60_000;

/**
 * Starts the revision that is live once more, off-traffic, and has it write and read back: what a task does that takes
 * the place of one that died. By nobody's word but its own.
 */
export async function freshTask(stage: Stage, outside: Outside): Promise<SchemaAftermath['freshTask']> {
  const { arn: task, port } = await outside.runLiveTask();
  try {
    const {
      probe: { write },
      loadBalancer,
    } = outside.description;
    if (write === null) return { works: false, detail: 'the service names no probe that writes' };
    const headers = { host: loadBalancer.host, authorization: `Bearer ${await outside.proberToken()}` };
    const until = performance.now() + bootingMs;
    let last = 'it never got an address';
    while (performance.now() < until) {
      const found = (await outside.tasks()).find(({ arn }) => arn === task);
      if (found === undefined) return { works: false, detail: 'it ended' };
      if (found.ip !== null) {
        try {
          const to = { ip: found.ip, port };
          const answer = await stage.send(to, { method: 'POST', path: write.path, headers }, probingMs);
          if (answer.status === 200) return { works: true, detail: answer.body };
          last = `${answer.status}: ${answer.body.slice(0, 300)}`;
        } catch (error) {
          last = error instanceof Error ? error.message : String(error);
        }
      }
      await sleep(1000);
    }
    return { works: false, detail: `not within ${bootingMs / 1000} s: ${last}` };
  } finally {
    await outside.stopTask(task);
  }
}

/** Databases beside the live ones, by their names or by what the schema tool wrote upon them. */
export async function scratchDatabases(stage: Stage): Promise<string[]> {
  const rows = await stage.query(
    `select datname as name from pg_database where starts_with(datname, 'scratch_')
     or starts_with(shobj_description(oid, 'pg_database'), 'backstage-schema: scratch copy')`,
  );
  return rows.map(({ name }) => String(name));
}

/**
 * Knex's locks that are held, wherever migrations have been recorded.
 * @throws when there is none to look at, which would prove nothing
 */
export async function heldLocks(stage: Stage): Promise<string[]> {
  const databases = await stage.query('select datname as name from pg_database where not datistemplate');
  const held: string[] = [];
  let looked = 0;
  for (const { name: database } of databases.map(({ name }) => ({ name: String(name) }))) {
    const tables = await stage.query(
      "select relname as name from pg_class where relkind = 'r' and relname like '%knex\\_migrations\\_lock'",
      database,
    );
    for (const table of tables.map(({ name }) => String(name))) {
      looked += 1;
      const rows = await stage.query(`select 1 from "${table}" where is_locked <> 0`, database);
      if (rows.length > 0) held.push(`${database}.${table}`);
    }
  }
  if (looked === 0) throw new Error('No database has a lock of Knex: nobody can tell whether one is held.');
  return held;
}
