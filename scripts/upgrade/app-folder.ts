import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundlePrograms } from './bundle.ts';
import { type Pins, pinsOf } from './pins.ts';
import type { ReleaseList } from './release-list.ts';
import { run } from './run.ts';

/** A Backstage of one release, backend only, as an image would contain it. */
export interface AppFolder {
  readonly release: string;
  readonly folder: string;
  /** To install its packages. */
  readonly installSeconds: number;
}

const core = ['@backstage/backend-defaults'] as const;

/** Everything with a database that create-app puts into a new backend; what a release does not have is left out. */
const features = [
  '@backstage/plugin-auth-backend',
  '@backstage/plugin-auth-backend-module-guest-provider',
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-backend-module-scaffolder-entity-model',
  '@backstage/plugin-notifications-backend',
  '@backstage/plugin-scaffolder-backend',
  '@backstage/plugin-search-backend',
  '@backstage/plugin-search-backend-module-catalog',
  '@backstage/plugin-search-backend-module-pg',
  '@backstage/plugin-signals-backend',
  '@backstage/plugin-user-settings-backend',
] as const;

/** What an app of a release is made of. */
export interface Recipe {
  readonly release: string;
  readonly features: readonly string[];
  readonly pins: Pins;
}

export async function recipeOf(list: ReleaseList): Promise<Recipe> {
  const present = features.filter((name) => list.packages[name] !== undefined);
  return { release: list.release, features: present, pins: await pinsOf(list, [...core, ...present]) };
}

/** Both without what the registry lacks of either: then nothing but the release makes the difference. */
export function comparable(
  a: Recipe,
  b: Recipe,
): { readonly recipes: [Recipe, Recipe]; readonly leftOut: readonly string[] } {
  const leftOut = [...new Set([...a.pins.missing, ...b.pins.missing])];
  const without = (recipe: Recipe) => ({
    ...recipe,
    features: recipe.features.filter((name) => !leftOut.includes(name)),
  });
  return { recipes: [without(a), without(b)], leftOut };
}

/** Installs a backend of one release, with the Backstage packages of that release and no newer ones. */
export async function installApp({ release, features: present, pins }: Recipe, folder: string): Promise<AppFolder> {
  const startedAt = performance.now();
  const { versions } = pins;
  const dependencies = Object.fromEntries([...core, ...present].map((name) => [name, versions[name] ?? '']));
  const manifest = json({
    name: 'understudy-upgrade-app',
    version: release,
    private: true,
    workspaces: ['packages/*'],
    // Without it npm ends with 1 and without a word; what asks for 12 is a client that no backend uses.
    overrides: { ...versions, got: '^11.8.6' },
  });
  const backend = json({
    name: 'backend',
    version: release,
    private: true,
    backstage: { role: 'backend' },
    dependencies: { ...dependencies, '@understudy/plugin-understudy-backend': '*' },
  });
  const installed = isInstalled(folder, { 'package.json': manifest, 'packages/backend/package.json': backend });
  write(folder, {
    'package.json': manifest,
    'backstage.json': json({ version: release }),
    'packages/backend/package.json': backend,
    'packages/backend/index.js': entry(present),
    // The probe of Understudy's own image; a bundle, so that it meets this release's packages and no others.
    'packages/understudy/package.json': json({
      name: '@understudy/plugin-understudy-backend',
      version: release,
      private: true,
      main: 'probe.cjs',
      backstage: { role: 'backend-plugin', pluginId: 'understudy' },
    }),
    '.npmrc': 'legacy-peer-deps=true\nignore-scripts=true\nfund=false\naudit=false\nupdate-notifier=false\n',
    'app-config.yaml': config,
    'app-config.serving.yaml': serving,
  });
  if (!installed) await run('npm', ['install', '--no-package-lock', '--loglevel=error'], { cwd: folder });
  await bundlePrograms(folder);
  return { release, folder, installSeconds: Math.round((performance.now() - startedAt) / 1000) };
}

/** An install that broke off has no such file: npm writes it last. */
function isInstalled(folder: string, files: Readonly<Record<string, string>>): boolean {
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) return false;
  return Object.entries(files).every(
    ([name, text]) => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8') === text,
  );
}

function entry(present: readonly string[]): string {
  const added = [...present, '@understudy/plugin-understudy-backend'].map((name) => `backend.add(import('${name}'));`);
  return `const { createBackend } = require('@backstage/backend-defaults');
const backend = createBackend();
${added.join('\n')}
backend.start().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;
}

const config = `app:
  title: Upgrade
  baseUrl: http://127.0.0.1:\${PORT}
organization:
  name: Upgrade
backend:
  baseUrl: http://127.0.0.1:\${PORT}
  listen: 127.0.0.1:\${PORT}
  reading:
    allow: [{ host: '\${ENTITIES_HOST}' }]
  database:
    client: pg
    prefix: \${POSTGRES_PREFIX}
    connection:
      host: 127.0.0.1
      port: \${POSTGRES_PORT}
      user: \${POSTGRES_USER}
      password: \${POSTGRES_PASSWORD}
  auth:
    externalAccess:
      - type: static
        options: { token: '\${PROBER_TOKEN}', subject: upgrade }
auth:
  environment: production
  providers:
    guest: { userEntityRef: 'user:default/guest', dangerouslyAllowOutsideDevelopment: true }
catalog:
  rules:
    - allow: [Component, System, Location]
`;

/** As a released task serves: the workflow alone changes schemas. */
const serving = `backend:
  database:
    skipMigrations: true
    ensureExists: false
`;

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
