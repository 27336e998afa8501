import { join } from 'node:path';
import type { ImageRecipe } from './image-store.ts';
import { type Application, recipe } from './variants.ts';

const folder = join(import.meta.dirname, 'logbook');
const first = ['20260101000000_entries'] as const;
const second = [...first, '20260201000000_mood'] as const;

interface Edition {
  /** Files of its folder of migrations, without their extension. */
  readonly migrations: readonly string[];
  /** What its code expects of the schema, where that is not what the first edition does. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Versions of one plugin that differ in their migrations. */
const logbooks = {
  logbook: { migrations: first },
  'logbook-adds-column': { migrations: second },
  'logbook-renames-column': {
    migrations: [...second, '20260301000000_rename_note'],
    env: { LOGBOOK_COLUMN: 'text' },
  },
  'logbook-drops-table': {
    migrations: [...second, '20260302000000_drop_settings'],
    env: { LOGBOOK_SETTINGS: 'none' },
  },
  'logbook-fails': {
    migrations: [...second, '20260303000000_first_half', '20260303000001_fails_on_the_live_database'],
  },
  'logbook-is-killed': { migrations: [...second, '20260304000000_killed_on_the_live_database'] },
} as const satisfies Record<string, Edition>;
export type Logbook = keyof typeof logbooks;

export function isLogbook(variant: string): variant is Logbook {
  return Object.hasOwn(logbooks, variant);
}

/**
 * Backstage with an edition of the logbook. The plugin's code and its folder of migrations are the image's own; the
 * schema tool is told of them by the image's configuration, as it would be of any plugin that it cannot place.
 */
export function logbookRecipe(application: Application, logbook: Logbook, version: string): ImageRecipe {
  const { migrations, env = {} }: Edition = logbooks[logbook];
  const healthy = recipe(
    { ...application, entry: ['{image}/logbook/backend.cjs', ...application.entry.slice(1)] },
    'healthy',
    version,
  );
  const files = ['backend.cjs', 'plugin.cjs', ...migrations.map((name) => `migrations/${name}.cjs`)];
  const placed = [{ plugin: 'logbook', package: 'logbook', directory: '{image}/logbook/migrations' }];
  return {
    ...healthy,
    env: { ...healthy.env, ...env, APP_CONFIG_understudy_schema_migrations: JSON.stringify(placed) },
    files: Object.fromEntries(files.map((name) => [`logbook/${name}`, { copy: join(folder, name) }])),
  };
}
