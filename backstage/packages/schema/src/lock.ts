import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@backstage/config';
import type { Knex } from 'knex';
import { Databases } from './databases';
import { log } from './log';
import { SchemaError } from './SchemaError';
import { type Session, sessionOf } from './sessions';

const LOCK_CLASS = 0x73636d61;
const LOCK_HOLDER = 'schema-lock';
const RETRY_MS = 500;

interface Holder {
  readonly pid: number;
}

/**
 * One PostgreSQL advisory lock for all the databases of one Backstage. Such locks belong to a database, so it is taken
 * in one that every plugin's owner can reach; the connection that holds it dies with the process, and the lock with it.
 */
export class SchemaLock {
  readonly #databases: Databases;
  readonly #key: number;

  constructor(config: Config) {
    const database = config.getConfig('backend.database');
    const bySchema = database.getOptionalString('pluginDivisionMode') === 'schema';
    this.#key = keyOf(database, bySchema);
    this.#databases = new Databases(config, {
      ensureExists: false,
      ensureSchemaExists: false,
      plugin: {
        [LOCK_HOLDER]: {
          // One connection, never given up: a session lock lives in it.
          knexConfig: { pool: { min: 1, max: 1 } },
          // Where Backstage itself goes to create the plugins' databases.
          ...(bySchema ? {} : { connection: { database: 'postgres' } }),
        },
      },
    });
  }

  async holder(): Promise<Holder | undefined> {
    const knex = await this.connection();
    const { rows } = await knex.raw<{ rows: Holder[] }>(
      `select pid from pg_locks
       where locktype = 'advisory' and granted and classid::bigint = ? and objid::bigint = ?
       and database = (select oid from pg_database where datname = current_database())`,
      [LOCK_CLASS, this.#key],
    );
    return rows[0];
  }

  async holderSession(): Promise<Session | undefined> {
    const holder = await this.holder();
    return holder && sessionOf(await this.connection(), holder.pid);
  }

  async acquire(waitMs: number): Promise<void> {
    const knex = await this.connection();
    const giveUpAt = Date.now() + waitMs;
    for (let told = false; ; told = true) {
      const { rows } = await knex.raw<{ rows: { taken: boolean }[] }>(
        'select pg_try_advisory_lock(?::int, ?::int) taken',
        [LOCK_CLASS, this.#key],
      );
      if (rows[0]?.taken) return;
      if (!told) log('Another run holds the schema lock: waiting for it');
      if (Date.now() >= giveUpAt) {
        const holder = await this.holder();
        throw new SchemaError(
          'locked',
          `Another run holds the schema lock (PostgreSQL process ${holder?.pid ?? 'unknown'})`,
        );
      }
      await sleep(RETRY_MS);
    }
  }

  /** The connection may have dropped meanwhile, and the lock with it. */
  async assertHeld(): Promise<void> {
    const knex = await this.connection();
    const { rows } = await knex.raw<{ rows: { pid: number }[] }>('select pg_backend_pid() pid');
    if (rows[0]?.pid !== (await this.holder())?.pid) throw new SchemaError('locked', 'The schema lock was lost');
  }

  async close(): Promise<void> {
    await this.#databases.close();
  }

  /** Into the database that holds the lock, from which the plugins' databases are made. */
  connection(): Promise<Knex> {
    return this.#databases.of(LOCK_HOLDER);
  }
}

/** Installations that share a server, apart by their prefix, do not wait for one another. */
function keyOf(database: Config, bySchema: boolean): number {
  const prefix = bySchema
    ? (database.getOptionalString('schemaPrefix') ?? '')
    : (database.getOptionalString('prefix') ?? 'backstage_plugin_');
  return createHash('sha256').update(prefix).digest().readInt32BE() & 0x7fffffff;
}
