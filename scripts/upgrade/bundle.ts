import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const backstage = join(import.meta.dirname, '../../backstage');

/**
 * Bundles the schema tool and the probe's module into an app of another release. What belongs to Backstage stays
 * outside: the programs must meet the packages of that app.
 */
export async function bundlePrograms(folder: string): Promise<void> {
  const versionOfTheApp: Plugin = {
    name: 'version-of-the-app',
    setup: (building) =>
      building.onResolve({ filter: /\/backstage\.json$/ }, () => ({ path: join(folder, 'backstage.json') })),
  };
  // Older releases export the catalog's extension points as alpha only.
  const catalogOfTheApp: Plugin = {
    name: 'catalog-of-the-app',
    setup: (building) => {
      building.onResolve({ filter: /^@backstage\/plugin-catalog-node$/ }, () => ({
        path: 'both',
        namespace: 'catalog',
      }));
      building.onLoad({ filter: /.*/, namespace: 'catalog' }, () => ({
        contents: `const name = '@backstage/plugin-catalog-node';
module.exports = { ...require(name + '/alpha'), ...require(name) };`,
      }));
    },
  };
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    logLevel: 'error',
    external: ['@backstage/*', 'express', 'knex', 'pg'],
  };
  await build({
    ...common,
    entryPoints: [join(backstage, 'packages/schema/src/cli.ts')],
    outfile: join(folder, 'packages/backend/backstage-schema.cjs'),
  });
  await build({
    ...common,
    entryPoints: [join(backstage, 'plugins/understudy-backend/src/index.ts')],
    plugins: [versionOfTheApp, catalogOfTheApp],
    outfile: join(folder, 'packages/understudy/probe.cjs'),
  });
}
