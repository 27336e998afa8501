import { join } from 'node:path';
import { answersOf, verdictOf } from '../../lambda/domain/rehearsal/verdict.ts';
import { type AppFolder, comparable, installApp, type Recipe, recipeOf } from './app-folder.ts';
import { missingFrom } from './entities.ts';
import { rehearse, Stage } from './rehearse.ts';
import { releaseAndReturn } from './release.ts';
import { releaseList } from './release-list.ts';
import type { UpgradeReport } from './report.ts';
import { reports, schemaTool } from './schema-tool.ts';
import { inWorld, type World } from './world.ts';

const before = 40;

/** Upgrades one published release of Backstage to another, and back, on one PostgreSQL with entities in its catalog. */
export async function upgrade(
  from: string,
  to: string,
  apps: string | null,
  say: (line: string) => void,
): Promise<UpgradeReport> {
  const startedAt = performance.now();
  const lists = [await releaseList(from), await releaseList(to)] as const;
  const { recipes, leftOut } = comparable(await recipeOf(lists[0]), await recipeOf(lists[1]));
  for (const name of leftOut) say(`Left out of both, for the registry does not have it: ${name}`);
  return inWorld(async (world) => {
    const install = async (recipe: Recipe): Promise<AppFolder> => {
      const app = await installApp(recipe, join(apps ?? world.folder, recipe.release));
      say(`Backstage ${recipe.release} is installed (${app.installSeconds} s)`);
      return app;
    };
    const [blue, green] = [await install(recipes[0]), await install(recipes[1])];
    const live = await fill(world, blue);
    say(`${blue.release} serves, with ${live.length} entities in its catalog`);

    const rehearsed = await rehearse(world, blue, green, 'rehearsal_');
    const { truthTable, migrations } = rehearsed;
    const judged = verdictOf(answersOf(truthTable));
    const verdict = judged === 'coexists' && migrations.length === 0 ? 'neutral' : judged;
    for (const line of rehearsed.told) say(`  ${line}`);
    say(`Verdict: ${verdict} (${migrations.length} migrations)`);

    const released = await releaseAndReturn(world, blue, green, { verdict, live });
    for (const line of released?.told ?? ['not released: the verdict forbids it']) say(`  ${line}`);
    const lost = new Map([...rehearsed.rowsLost, ...(released?.rowsLost ?? [])]);
    const entities = rehearsed.entitiesLost.length + (released?.entitiesLost.length ?? 0);
    return {
      from,
      to,
      verdict,
      truthTable,
      rowsLost: [...lost.values()].reduce((sum, rows) => sum + rows, entities),
      seconds: Math.round((performance.now() - startedAt) / 1000),
      migrations: [...migrations],
      leftOut: [...leftOut],
      lost: Object.fromEntries(lost),
      copy: { ...rehearsed.copy, drift: [...rehearsed.copy.drift] },
      release: released && { forward: released.forward, back: released.back },
      told: [...rehearsed.told, ...(released?.told ?? [])],
    };
  });
}

/** A live installation of the older release, as somebody would have it. @returns names of entities in its catalog */
async function fill(world: World, blue: AppFolder): Promise<readonly string[]> {
  const up = await schemaTool(blue, world.surroundings, reports.up, 'up');
  if (!up.ok) throw new Error(`${blue.release} could not be migrated: ${up.error?.message}`);
  const stage = new Stage(world, world.surroundings);
  try {
    const backend = await stage.start(blue);
    const { works, detail } = await backend.works();
    if (!works) throw new Error(`${blue.release} does not work on fresh databases: ${detail}`);
    const names = await world.entities.register(backend, 'before', before);
    const missing = await missingFrom(backend, names, 60_000);
    if (missing.length > 0) throw new Error(`${blue.release} did not read ${missing.join(', ')} from a location`);
    return names;
  } finally {
    await stage.stopAll();
  }
}
