import type { Config } from '@backstage/config';
import { declaredSets, keysInDatabase, loadConfig } from './config';
import { type Discovery, discover } from './discovery/migrationSets';

/** What the tool knows of a Backstage app before it asks any database. */
export interface App extends Discovery {
  readonly config: Config;
}

export async function readApp(root: string, configFiles: readonly string[]): Promise<App> {
  const config = await loadConfig(root, configFiles);
  const discovery = discover(root, { keysInDatabase: keysInDatabase(config), declared: declaredSets(config, root) });
  return { config, ...discovery };
}
