import type { Behaviour } from '../../local/simulation/behaviours.ts';
import type { MigrationEffect } from '../../local/simulation/simulated-database.ts';

/** A good image with two pending migrations, by what the second one does. */
export const schemaScenarios = {
  /** The old version lives with it: the release goes through. */
  migrating: {},
  /** It works on the copy, and fails on the live database when the first one has been applied. */
  'migration-fails': { upLive: 'fails' },
  /** The old version cannot be started on it, and there is no way back but the snapshot; the request allows it. */
  irreversible: { breaksRestarted: true, down: 'missing' },
} as const satisfies Record<string, MigrationEffect>;

export type SchemaScenario = keyof typeof schemaScenarios;

/** A release of an image that behaves so, or that changes the schema, or a rollback to the version before. */
export type Scenario = Behaviour | SchemaScenario | 'rollback';

export const isSchemaScenario = (scenario: Scenario): scenario is SchemaScenario =>
  Object.hasOwn(schemaScenarios, scenario);

/** States in which each does what no other scenario does. */
export const schemaStates: Readonly<Record<SchemaScenario, readonly string[]>> = {
  migrating: ['Rehearse', 'Snapshot', 'Migrate'],
  'migration-fails': ['Migrate', 'Mend'],
  irreversible: ['Snapshot', 'Migrate'],
};
