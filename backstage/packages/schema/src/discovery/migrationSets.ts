import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationSet, Unplaced } from '../types';
import { migrateCalls } from './migrateCalls';
import { backendPackages, type InstalledPackage } from './packages';

export interface DiscoveryOptions {
  /** Plugins sign each other's requests with keys from their databases, unless the keys are in the configuration. */
  readonly keysInDatabase: boolean;
  /** Sets that the configuration names, for packages that cannot be placed otherwise. */
  readonly declared: readonly MigrationSet[];
}

export interface Discovery {
  readonly sets: readonly MigrationSet[];
  readonly unplaced: readonly Unplaced[];
}

const KNEX_TABLE = 'knex_migrations';
const CORE = '@backstage/backend-defaults';
/** Core services keep tables in the database of whichever plugin uses them, and any plugin may. */
const CORE_TABLES: Readonly<Record<string, string>> = {
  auth: 'backstage_backend_public_keys__knex_migrations',
  scheduler: 'backstage_backend_tasks__knex_migrations',
};

export function discover(root: string, options: DiscoveryOptions): Discovery {
  const packages = backendPackages(root);
  const plugins = packages.filter((p) => p.direct && p.role === 'backend-plugin' && p.pluginId);
  const pluginIds = [...new Set(plugins.map((p) => p.pluginId as string))].toSorted();
  const declared = new Set(options.declared.map((set) => set.package));

  const found = packages
    .filter((p) => !declared.has(p.name))
    .map((p) => (p.name === CORE ? coreSets(p, pluginIds, options.keysInDatabase) : ownSets(p, pluginIds)));
  const sets = [...options.declared, ...found.flatMap((f) => f.sets)];
  const { unique, clashing } = separateClashes(sets);
  return { sets: unique.toSorted(byPlugin), unplaced: [...found.flatMap((f) => f.unplaced), ...clashing] };
}

function coreSets({ name, dir }: InstalledPackage, pluginIds: string[], keysInDatabase: boolean): Discovery {
  const sets: MigrationSet[] = [];
  const unplaced: Unplaced[] = [];
  for (const folder of readdirSync(join(dir, 'migrations')).toSorted()) {
    const table = CORE_TABLES[folder];
    if (!table) {
      unplaced.push({ package: name, reason: `has a folder migrations/${folder} that this tool does not know` });
    } else if (folder !== 'auth' || keysInDatabase) {
      const directory = join(dir, 'migrations', folder);
      sets.push(...pluginIds.map((plugin) => ({ plugin, package: name, directory, table })));
    }
  }
  return { sets, unplaced };
}

function ownSets(p: InstalledPackage, pluginIds: string[]): Discovery {
  const isPlugin = p.role === 'backend-plugin' || p.role === 'backend-plugin-module';
  // A plugin that only another package depends on is not started.
  if (isPlugin && !p.direct) return { sets: [], unplaced: [] };

  const directory = join(p.dir, 'migrations');
  const entries = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
  const calls = migrateCalls(p.dir);
  if (entries.length === 0 && calls.plain + calls.special === 0) return { sets: [], unplaced: [] };

  const no = (reason: string): Discovery => ({ sets: [], unplaced: [{ package: p.name, reason }] });
  if (!isPlugin) {
    return calls.plain + calls.special > 0
      ? no('is no plugin: whose database its migrations belong to cannot be told')
      : { sets: [], unplaced: [] };
  }
  if (!p.pluginId) return no('does not say in package.json which plugin it belongs to');
  if (!pluginIds.includes(p.pluginId)) return no(`belongs to the plugin ${p.pluginId}, which is not installed`);
  if (entries.length === 0) return no('runs migrations, but has no folder of that name');
  if (entries.some((entry) => entry.isDirectory())) return no('keeps its migrations in more than one folder');
  if (calls.special > 0) return no('records its migrations in a way of its own');
  if (calls.plain === 0) return no('has migrations that its own code never runs');
  return { sets: [{ plugin: p.pluginId, package: p.name, directory, table: KNEX_TABLE }], unplaced: [] };
}

/** Two folders recorded in one table: Knex itself would call either one corrupt. */
function separateClashes(sets: MigrationSet[]): { unique: MigrationSet[]; clashing: Unplaced[] } {
  const place = (set: MigrationSet) => `${set.plugin} ${set.table}`;
  const counts = new Map<string, number>();
  for (const set of sets) counts.set(place(set), (counts.get(place(set)) ?? 0) + 1);
  const clashes = (set: MigrationSet) => (counts.get(place(set)) ?? 0) > 1;
  return {
    unique: sets.filter((set) => !clashes(set)),
    clashing: sets.filter(clashes).map((set) => ({
      package: set.package,
      reason: `shares the table ${set.table} of the plugin ${set.plugin} with another package`,
    })),
  };
}

function byPlugin(a: MigrationSet, b: MigrationSet): number {
  return a.plugin.localeCompare(b.plugin) || a.table.localeCompare(b.table);
}
