import type { Databases } from './databases';
import { migrationFiles } from './files';
import { planSet } from './plan';
import { readState } from './state';
import type { MigrationSet, SetPlan } from './types';

export async function readPlans(databases: Databases, sets: readonly MigrationSet[]): Promise<SetPlan[]> {
  return Promise.all(
    sets.map(async (set) => {
      const knex = await databases.of(set.plugin);
      return planSet(set, migrationFiles(set.directory), await readState(knex, set));
    }),
  );
}
