import type { RehearsalVerdict } from '../../lambda/domain/rehearsal/record.ts';
import type { AppFolder } from './app-folder.ts';
import { missingFrom } from './entities.ts';
import { Stage } from './rehearse.ts';
import { lostRows } from './rows.ts';
import { manifestOf, reports, schemaTool } from './schema-tool.ts';
import type { World } from './world.ts';

export interface Released {
  /** Whether the newer release served, and the older one again after it. */
  readonly forward: boolean;
  readonly back: boolean;
  readonly rowsLost: ReadonlyMap<string, number>;
  readonly entitiesLost: readonly string[];
  readonly told: readonly string[];
}

/**
 * The release forward and back on the live databases, as the verdict allows it: after `neutral` and `coexists` the old
 * version comes back to the new schema, after `exclusive` the migrations are taken back first. Anything else is not
 * released.
 */
export async function releaseAndReturn(
  world: World,
  blue: AppFolder,
  green: AppFolder,
  { verdict, live }: { readonly verdict: RehearsalVerdict; readonly live: readonly string[] },
): Promise<Released | null> {
  if (verdict === 'broken' || verdict === 'irreversible') return null;
  const stage = new Stage(world, world.surroundings);
  const told: string[] = [];
  try {
    const before = await stage.rows();
    const up = await schemaTool(green, stage.surroundings, reports.up, 'up');
    if (!up.ok) throw new Error(`The migrations ran on the copy, and not on the live databases: ${up.error?.message}`);
    const newGreen = await stage.start(green);
    const there = await newGreen.works();
    told.push(`forward: ${green.release} ${there.works ? 'serves' : 'FAILS'}: ${there.detail}`);
    const written = there.works ? await world.entities.register(newGreen, 'released', 10) : [];
    const unread = await missingFrom(newGreen, written, 30_000);
    await newGreen.stop();

    if (verdict === 'exclusive') {
      const manifest = await manifestOf(blue, stage.surroundings);
      const down = await schemaTool(green, stage.surroundings, reports.down, 'down', '--to', manifest);
      if (!down.ok)
        throw new Error(`The way back worked on the copy, and not on the live databases: ${down.error?.message}`);
    }
    const oldBlue = await stage.start(blue);
    const back = await oldBlue.works();
    told.push(`back: a fresh ${blue.release} ${back.works ? 'serves' : 'FAILS'}: ${back.detail}`);
    const entitiesLost = await missingFrom(oldBlue, [...live, ...written], back.works ? 60_000 : 0);
    await stage.stopAll();
    const rowsLost = lostRows(before, await stage.rows());
    return { forward: there.works && unread.length === 0, back: back.works, rowsLost, entitiesLost, told };
  } finally {
    await stage.stopAll();
  }
}
