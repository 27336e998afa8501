import { ConfigSources } from '@backstage/config-loader';
import { join } from 'node:path';

const configFile = join(__dirname, '..', '..', '..', 'app-config.yaml');

async function cache(env: Record<string, string>): Promise<unknown> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const argv = ['--config', configFile];
    const config = await ConfigSources.toConfig(ConfigSources.default({ argv, env: process.env, watch: false }));
    return config.get('backend.cache');
  } finally {
    process.env = before;
  }
}

test('a task remembers for itself where it is told of no cache', async () => {
  expect(await cache({})).toEqual({ store: 'memory' });
});

test('a task shares a Valkey over TLS, as its own user, under its own prefix', async () => {
  const told = {
    CACHE: 'valkey',
    CACHE_HOST: 'cache.example.com',
    CACHE_PORT: '6379',
    CACHE_USER: 'backstage',
    CACHE_PASSWORD: 'secret',
    CACHE_PREFIX: 'backstage:',
  };
  expect(await cache(told)).toEqual({
    store: 'valkey',
    connection: 'rediss://backstage:secret@cache.example.com:6379',
    valkey: { client: { keyPrefix: 'backstage:' } },
  });
});
