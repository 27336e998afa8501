import { randomBytes } from 'node:crypto';
import { DatabaseManager } from '@backstage/backend-defaults/database';
import type { LifecycleService, RootLifecycleService } from '@backstage/backend-plugin-api';
import { type Config, ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';
import { silentLogger } from './log';
import { SchemaError } from './SchemaError';

/** What PostgreSQL shows of any run of this tool begins with it. */
export const OWN_NAMES = 'backstage-schema ';

/** What PostgreSQL shows of this process, and of no other: its connections are told by it. */
export const OWN_NAME = `${OWN_NAMES}${randomBytes(4).toString('hex')}`;

/** The plugins' databases, found and opened by Backstage's own code: prefix, division, role, TLS and IAM included. */
export class Databases {
  readonly #config: Config;
  readonly #manager: DatabaseManager;
  readonly #onShutdown: (() => void | Promise<void>)[] = [];
  readonly #lifecycle: RootLifecycleService;

  constructor(config: Config, overrides: JsonObject) {
    this.#config = config;
    const onShutdown = this.#onShutdown;
    const addShutdownHook = (hook: () => void | Promise<void>) => void onShutdown.push(hook);
    this.#lifecycle = { addStartupHook() {}, addBeforeShutdownHook() {}, addShutdownHook };
    this.#manager = DatabaseManager.fromConfig(withDatabase(config, overrides), { rootLifecycle: this.#lifecycle });
  }

  /** @throws SchemaError when the plugin's database is none of PostgreSQL */
  async of(plugin: string): Promise<Knex> {
    refuseOthers(this.#config, plugin);
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

/** Many an app has PostgreSQL only in the files for production, which nobody reads who is not told to. */
function refuseOthers(config: Config, plugin: string): void {
  const database = config.getConfig('backend.database');
  const own = `plugin.${plugin}.client`;
  const key = database.has(own) ? own : 'client';
  const client = database.getOptionalString(key) ?? '';
  if (client === 'pg') return;
  throw new SchemaError(
    'configuration',
    `backend.database.${key} is "${client}", and only "pg" will do. Pass the files that the start command takes, with ` +
      '--config FILE for each: without any, app-config.yaml, app-config.local.yaml and those of BACKSTAGE_ENV are read',
    key === own ? { plugin } : {},
  );
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
