import { DatabaseManager } from '@backstage/backend-defaults/database';
import { ConfigReader } from '@backstage/config';
import { ConfigSources } from '@backstage/config-loader';
import { join } from 'node:path';

const configFile = join(__dirname, '..', '..', '..', 'app-config.yaml');
const before = { ...process.env };
const shutdown: (() => unknown)[] = [];
afterEach(async () => {
  process.env = { ...before };
  for (const hook of shutdown.splice(0)) await hook();
});

/** What a pool of the catalog would connect with. */
async function connection(env: Record<string, string>): Promise<Record<string, unknown>> {
  Object.assign(process.env, { POSTGRES_HOST: 'db.example.com', POSTGRES_USER: 'backstage', ...env });
  const config = await ConfigSources.toConfig(
    ConfigSources.default({ argv: ['--config', configFile], env: process.env, watch: false }),
  );
  const database = { ...config.get<{ database: object }>('backend').database, ensureExists: false };
  const lifecycle = { addShutdownHook: (hook: () => unknown) => shutdown.push(hook) };
  const options = { rootLifecycle: lifecycle } as never;
  const client = await DatabaseManager.fromConfig(new ConfigReader({ backend: { database } }), options)
    .forPlugin('catalog', { logger: console, lifecycle } as never)
    .getClient();
  const connected = client.client.config.connection;
  expect(client.client.pool.max).toBe(4);
  return typeof connected === 'function' ? connected() : connected;
}

test('a task signs in with its password where it is given one', async () => {
  expect(await connection({ POSTGRES_PASSWORD: 'secret' })).toMatchObject({ user: 'backstage', password: 'secret' });
});

test('a task on AWS signs in with a token of its role, which expires, and no password', async () => {
  const made = await connection({
    POSTGRES_CONNECTION: 'rds',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  expect(made.password).toMatch(/^db\.example\.com:5432\/\?Action=connect&DBUser=backstage&.*X-Amz-Expires=900/);
  expect((made.expirationChecker as () => boolean)()).toBe(false);
});
