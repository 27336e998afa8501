import { gunzipSync } from 'node:zlib';
import type { Migrations, SimulatedDatabase } from './simulated-database.ts';
import type { CommandResult, Invocation, SimulatedCommand } from './simulated-image.ts';

const toolSeconds = 4;
/** Longer than any deadline: whoever waits for it has to stop it. */
const forEver = 7 * 24 * 3600;

/** The variable that leads a task to a scratch copy. */
const prefixVariable = 'APP_CONFIG_backend_database_prefix';

/** Of the databases that a task takes for the service's; empty for the live ones. */
export const prefixOf = (environment: Readonly<Record<string, string>>): string => environment[prefixVariable] ?? '';

/** The schema tool of an image that brings these migrations; each command prints one line of JSON, as backstage-schema does. */
export function schemaTool(migrations: Migrations, database: SimulatedDatabase): readonly SimulatedCommand[] {
  return [
    quick('status', ({ environment }) => good(status(migrations, database, prefixOf(environment)))),
    quick('manifest', () => good({ ok: true, format: 1, plugins: manifest(migrations), unplaced: [] })),
    { ...up(migrations, database), words: ['up'] },
    quick('down', (invocation) => down(migrations, database, invocation)),
    quick('unlock', ({ environment }) => unlock(migrations, database, prefixOf(environment))),
    quick('copy', (invocation) => copy(migrations, database, optionOf(invocation, '--prefix'))),
    quick('drop', (invocation) => {
      database.drop(optionOf(invocation, '--prefix'));
      return good({ ok: true });
    }),
  ];
}

const quick = (word: string, run: (invocation: Invocation) => CommandResult): SimulatedCommand => ({
  words: [word],
  seconds: toolSeconds,
  run,
});

const good = (report: object): CommandResult => ({ exitCode: 0, output: [JSON.stringify(report)] });
const bad = (kind: string, message: string): CommandResult => ({
  exitCode: 1,
  output: [JSON.stringify({ ok: false, error: { kind, message } })],
});

const optionOf = ({ command }: Invocation, name: string): string => command[command.indexOf(name) + 1] ?? '';

function manifest(migrations: Migrations): { plugin: string; sets: { migrations: readonly string[] }[] }[] {
  // Every image has plugins without migrations of their own.
  return Object.entries({ core: [], ...migrations }).map(([plugin, brought]) => ({
    plugin,
    sets: [{ migrations: brought }],
  }));
}

function status(migrations: Migrations, database: SimulatedDatabase, prefix: string) {
  return {
    plugins: Object.entries(migrations).map(([plugin, brought]) => {
      const applied = database.applied(plugin, prefix);
      return {
        plugin,
        sets: [
          {
            applied: applied.length,
            present: applied,
            pending: brought.filter((name) => !applied.includes(name)),
            unknown: applied.filter((name) => !brought.includes(name)),
            locked: database.lockOf(plugin, prefix) !== 'free',
          },
        ],
      };
    }),
  };
}

/** One migration after the other; each that works stays, whatever becomes of the next. */
function up(migrations: Migrations, database: SimulatedDatabase): Omit<SimulatedCommand, 'words'> {
  const due = (prefix: string) =>
    Object.entries(migrations).flatMap(([plugin, brought]) =>
      brought
        .filter((migration) => !database.applied(plugin, prefix).includes(migration))
        .map((migration) => ({ plugin, migration })),
    );
  const hanging = (prefix: string) => due(prefix).find(({ migration }) => database.up(migration, prefix) === 'hangs');
  const apply = (prefix: string): string | null => {
    for (const { plugin, migration } of due(prefix)) {
      if (database.up(migration, prefix) !== 'works') return migration;
      database.set(plugin, [...database.applied(plugin, prefix), migration], prefix);
    }
    return null;
  };
  return {
    seconds: ({ environment }) => (hanging(prefixOf(environment)) === undefined ? toolSeconds : forEver),
    begin: ({ environment, alive }) => {
      const prefix = prefixOf(environment);
      const stuck = hanging(prefix);
      if (stuck === undefined) return;
      apply(prefix);
      database.lock(stuck.plugin, prefix, alive);
    },
    run: ({ environment }) => {
      const prefix = prefixOf(environment);
      const locked = Object.keys(migrations).find((plugin) => database.lockOf(plugin, prefix) !== 'free');
      if (locked !== undefined) return bad('locked', `The lock of ${locked} is held`);
      const failed = apply(prefix);
      return failed === null
        ? good({ ok: true, applied: [] })
        : bad('migration-failed', `The migration ${failed} failed and was rolled back`);
    },
  };
}

function down(migrations: Migrations, database: SimulatedDatabase, invocation: Invocation): CommandResult {
  const prefix = prefixOf(invocation.environment);
  const text = gunzipSync(Buffer.from(optionOf(invocation, '--to'), 'base64')).toString();
  const { plugins }: { plugins: ReturnType<typeof manifest> } = JSON.parse(text);
  const due = plugins.flatMap(({ plugin, sets }) => {
    const stays = new Set(sets.flatMap((set) => set.migrations));
    return database
      .applied(plugin, prefix)
      .filter((migration) => !stays.has(migration))
      .map((migration) => ({ plugin, migration }));
  });
  const locked = due.find(({ plugin }) => database.lockOf(plugin, prefix) !== 'free');
  if (locked !== undefined) return bad('locked', `The lock of ${locked.plugin} is held`);
  const strange = due.find(({ plugin, migration }) => migrations[plugin]?.includes(migration) !== true);
  if (strange !== undefined) return bad('diverged', `No image knows ${strange.migration}`);
  const oneWay = due.find(({ migration }) => database.effect(migration).down === 'missing');
  if (oneWay !== undefined) return bad('irreversible', `There is no way back from ${oneWay.migration}`);
  for (const { plugin, migration } of due) {
    database.set(
      plugin,
      database.applied(plugin, prefix).filter((name) => name !== migration),
      prefix,
    );
  }
  const costly = due.filter(({ migration }) => database.effect(migration).down === 'loses rows');
  return good({ ok: true, lost: costly.map(({ plugin, migration }) => ({ plugin, table: migration, rows: 7 })) });
}

function unlock(migrations: Migrations, database: SimulatedDatabase, prefix: string): CommandResult {
  for (const plugin of Object.keys(migrations)) {
    const lock = database.lockOf(plugin, prefix);
    if (lock === 'held') return bad('locked', `The lock of ${plugin} is held by a run that is still there`);
    if (lock === 'abandoned') database.release(plugin, prefix);
  }
  return good({ ok: true, freed: [], held: [] });
}

function copy(migrations: Migrations, database: SimulatedDatabase, prefix: string): CommandResult {
  const strange = database
    .plugins()
    .find(
      (plugin) =>
        migrations[plugin] !== undefined &&
        database.applied(plugin).some((name) => migrations[plugin]?.includes(name) !== true),
    );
  if (strange !== undefined) return bad('diverged', `The database of ${strange} has run migrations that are not known`);
  const rows = database.copy(prefix);
  return good({ ok: true, rows, bytes: rows * 100, plugins: [] });
}
