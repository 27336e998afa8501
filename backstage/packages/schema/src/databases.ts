import { randomBytes } from 'node:crypto';
import { DatabaseManager } from '@backstage/backend-defaults/database';
import type { LifecycleService, RootLifecycleService } from '@backstage/backend-plugin-api';
import { type Config, ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';
import { silentLogger } from './log';

/** What PostgreSQL shows of any run of this tool begins with it. */
export const OWN_NAMES = 'backstage-schema ';

/** What PostgreSQL shows of this process, and of no other: its connections are told by it. */
export const OWN_NAME = `${OWN_NAMES}${randomBytes(4).toString('hex')}`;

/** The plugins' databases, found and opened by Backstage's own code: prefix, division, role, TLS and IAM included. */
export class Databases {
  readonly #manager: DatabaseManager;
  readonly #onShutdown: (() => void | Promise<void>)[] = [];
  readonly #lifecycle: RootLifecycleService;

  constructor(config: Config, overrides: JsonObject) {
    const onShutdown = this.#onShutdown;
    const addShutdownHook = (hook: () => void | Promise<void>) => void onShutdown.push(hook);
    this.#lifecycle = { addStartupHook() {}, addBeforeShutdownHook() {}, addShutdownHook };
    this.#manager = DatabaseManager.fromConfig(withDatabase(config, overrides), { rootLifecycle: this.#lifecycle });
  }

  async of(plugin: string): Promise<Knex> {
    const lifecycle: LifecycleService = this.#lifecycle;
    return this.#manager.forPlugin(plugin, { logger: silentLogger, lifecycle }).getClient();
  }

  async close(): Promise<void> {
    for (const hook of this.#onShutdown) await hook();
  }
}

/** Reading must not create what is missing. */
export function readOnly(config: Config): Databases {
  return new Databases(config, { ensureExists: false, ensureSchemaExists: false });
}

/** Creates what is missing, whatever the configuration says to the tasks that serve. */
export function writable(config: Config): Databases {
  return new Databases(config, { ensureExists: true });
}

function withDatabase(config: Config, overrides: JsonObject): Config {
  const database = config.getConfig('backend.database').get<JsonObject>();
  // A task that lives for seconds keeps no idle connections.
  const knexConfig = { ...(database.knexConfig as JsonObject | undefined), pool: { min: 0, max: 2 } };
  const connection = named(database.connection);
  return new ConfigReader({ backend: { database: { ...database, connection, knexConfig, ...overrides } } });
}

function named(connection: JsonObject[string]): JsonObject[string] {
  if (typeof connection === 'object') return { ...connection, application_name: OWN_NAME };
  if (typeof connection !== 'string' || !connection.includes('://')) return connection;
  return `${connection}${connection.includes('?') ? '&' : '?'}application_name=${encodeURIComponent(OWN_NAME)}`;
}
