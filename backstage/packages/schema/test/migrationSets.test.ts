import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { discover } from '../src/discovery/migrationSets';

const CORE = '@backstage/backend-defaults';
const PLAIN = 'client.migrate.latest({\n  directory: migrationsDir\n});';

interface Package {
  readonly role: string;
  readonly pluginId?: string;
  readonly dependencies?: readonly string[];
  readonly migrations?: readonly string[];
  readonly code?: string;
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'schema-discovery-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function install(
  dir: string,
  name: string,
  { role, pluginId, dependencies = [], migrations = [], code }: Package,
): void {
  const deps = Object.fromEntries(dependencies.map((dependency) => [dependency, '*']));
  write(`${dir}/package.json`, JSON.stringify({ name, dependencies: deps, backstage: { role, pluginId } }));
  for (const file of migrations) write(`${dir}/migrations/${file}`, '');
  if (code) write(`${dir}/dist/index.cjs.js`, code);
}

function installApp(packages: Record<string, Package>, used = Object.keys(packages)): void {
  install('packages/backend', 'backend', { role: 'backend', dependencies: used });
  for (const [name, pkg] of Object.entries(packages)) install(`node_modules/${name}`, name, pkg);
}

const find = (keysInDatabase = true) => discover(root, { keysInDatabase, declared: [] });
const catalog: Package = { role: 'backend-plugin', pluginId: 'catalog', migrations: ['1.js'], code: PLAIN };

it("places a plugin's migrations in its own database", () => {
  installApp({ 'plugin-catalog': catalog });
  expect(find()).toEqual({
    sets: [
      {
        plugin: 'catalog',
        package: 'plugin-catalog',
        directory: join(root, 'node_modules/plugin-catalog/migrations'),
        table: 'knex_migrations',
      },
    ],
    unplaced: [],
  });
});

it("places a module's migrations in the database of the plugin that it extends", () => {
  installApp({
    'plugin-search': { role: 'backend-plugin', pluginId: 'search' },
    'plugin-search-pg': { role: 'backend-plugin-module', pluginId: 'search', migrations: ['1.js'], code: PLAIN },
  });
  expect(find().sets).toMatchObject([{ plugin: 'search', package: 'plugin-search-pg' }]);
});

it('gives every plugin the tables of the core services, with records of their own', () => {
  const core: Package = { role: 'node-library', migrations: ['auth/1.js', 'scheduler/1.js'] };
  installApp({ [CORE]: core, 'plugin-catalog': catalog });
  expect(find().sets.map((set) => set.table)).toEqual([
    'backstage_backend_public_keys__knex_migrations',
    'backstage_backend_tasks__knex_migrations',
    'knex_migrations',
  ]);
  expect(find(false).sets.map((set) => set.table)).not.toContain('backstage_backend_public_keys__knex_migrations');
});

it('leaves out a plugin that only another package depends on: it is not started', () => {
  installApp({ 'plugin-catalog': { ...catalog, dependencies: ['plugin-events'] }, 'plugin-events': catalog }, [
    'plugin-catalog',
  ]);
  expect(find().sets.map((set) => set.package)).toEqual(['plugin-catalog']);
});

it.each<[string, Package, string]>([
  ['a table of its own', { ...catalog, code: 'db.migrate.latest({ directory, tableName })' }, 'in a way of its own'],
  ['several folders', { ...catalog, migrations: ['a/1.js', 'b/1.js'] }, 'more than one folder'],
  ['no code that runs them', { ...catalog, code: undefined }, 'never runs'],
  ['no folder', { ...catalog, migrations: [] }, 'no folder'],
  ['no plugin id', { ...catalog, pluginId: undefined }, 'does not say'],
  ['a plugin that is absent', { ...catalog, role: 'backend-plugin-module', pluginId: 'gone' }, 'not installed'],
  ['no plugin at all', { ...catalog, role: 'node-library' }, 'is no plugin'],
])('names a package with %s, and leaves it alone', (_what, odd, reason) => {
  installApp({ 'plugin-odd': odd });
  const { sets, unplaced } = find();
  expect(sets).toEqual([]);
  expect(unplaced).toEqual([{ package: 'plugin-odd', reason: expect.stringContaining(reason) }]);
});

it('names a folder of the core services that it does not know', () => {
  installApp({ [CORE]: { role: 'node-library', migrations: ['auth/1.js', 'novel/1.js'] }, 'plugin-catalog': catalog });
  expect(find().unplaced).toEqual([{ package: CORE, reason: expect.stringContaining('migrations/novel') }]);
});

it('names packages that would record in the same table', () => {
  installApp({ 'plugin-catalog': catalog, 'plugin-catalog-again': catalog });
  expect(find().sets).toEqual([]);
  expect(find().unplaced.map((u) => u.package)).toEqual(['plugin-catalog', 'plugin-catalog-again']);
});

it('takes from the configuration what it cannot place', () => {
  installApp({
    'plugin-odd': { ...catalog, pluginId: undefined },
    'plugin-catalog': { ...catalog, migrations: [], code: undefined },
  });
  const declared = [{ plugin: 'catalog', package: 'plugin-odd', directory: '/d', table: 'odd' }];
  expect(discover(root, { keysInDatabase: true, declared })).toEqual({ sets: declared, unplaced: [] });
});
