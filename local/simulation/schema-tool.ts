import type { SimulatedCommand } from './simulated-image.ts';

const toolSeconds = 4;

/** Migrations that a database has, by plugin: what is left of one when rows do not matter. */
export type AppliedMigrations = Map<string, readonly string[]>;

/**
 * The schema tool of an image that brings these migrations: `status` and `up` print one line of JSON, as
 * backstage-schema does.
 */
export function schemaTool(
  migrations: Readonly<Record<string, readonly string[]>>,
  database: AppliedMigrations,
): readonly SimulatedCommand[] {
  const status = (): string =>
    JSON.stringify({
      plugins: Object.entries(migrations).map(([plugin, brought]) => {
        const applied = database.get(plugin) ?? [];
        return {
          plugin,
          sets: [
            {
              applied: applied.length,
              pending: brought.filter((name) => !applied.includes(name)),
              unknown: applied.filter((name) => !brought.includes(name)),
            },
          ],
        };
      }),
    });
  const up = (): string => {
    for (const [plugin, brought] of Object.entries(migrations)) {
      database.set(plugin, [...new Set([...(database.get(plugin) ?? []), ...brought])]);
    }
    return status();
  };
  return [
    { words: ['status'], seconds: toolSeconds, run: () => ({ exitCode: 0, output: [status()] }) },
    { words: ['up'], seconds: toolSeconds, run: () => ({ exitCode: 0, output: [up()] }) },
  ];
}
