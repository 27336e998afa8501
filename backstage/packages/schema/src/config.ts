import { isAbsolute, join } from 'node:path';
import type { Config } from '@backstage/config';
import { ConfigSources } from '@backstage/config-loader';
import { findInstalled } from './discovery/packages';
import type { MigrationSet } from './types';

/** The app's own configuration, read as the backend reads it. */
export async function loadConfig(root: string, files: readonly string[]): Promise<Config> {
  const argv = files.flatMap((file) => ['--config', file]);
  return ConfigSources.toConfig(ConfigSources.default({ rootDir: root, argv, watch: false }));
}

export function keysInDatabase(config: Config): boolean {
  return (config.getOptionalString('backend.auth.pluginKeyStore.type') ?? 'database') === 'database';
}

export function declaredSets(config: Config, root: string): MigrationSet[] {
  const declared = config.getOptionalConfigArray('understudy.schema.migrations') ?? [];
  return declared.map((set) => {
    const name = set.getString('package');
    return {
      plugin: set.getString('plugin'),
      package: name,
      directory: directoryOf(set.getOptionalString('directory') ?? 'migrations', name, root),
      table: set.getOptionalString('table') ?? 'knex_migrations',
    };
  });
}

/** @param directory absolute, for what no installed package brings, or inside the package */
function directoryOf(directory: string, name: string, root: string): string {
  return isAbsolute(directory) ? directory : join(findInstalled(name, root), directory);
}
