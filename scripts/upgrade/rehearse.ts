import type { TruthTable } from '../../lambda/domain/rehearsal/record.ts';
import type { AppFolder } from './app-folder.ts';
import { Backend, type Surroundings } from './backend.ts';
import { type Entities, missingFrom } from './entities.ts';
import { lostRows, readRows } from './rows.ts';
import { manifestOf, reports, schemaTool } from './schema-tool.ts';
import type { World } from './world.ts';

export interface Rehearsed {
  readonly migrations: readonly string[];
  readonly truthTable: TruthTable;
  readonly rowsLost: ReadonlyMap<string, number>;
  /** Entities that came in while the newer release had the schema, and are not there after the way back. */
  readonly entitiesLost: readonly string[];
  readonly copy: {
    readonly rows: number;
    readonly bytes: number;
    readonly ms: number;
    readonly drift: readonly string[];
  };
  /** Every question's answer in words. */
  readonly told: readonly string[];
}

const during = 10;

/**
 * The rehearsal of the release workflow, step by step, on a copy of the live databases, which it drops whatever happens.
 * @throws when the older release does not work on a copy of its own databases
 */
export async function rehearse(world: World, blue: AppFolder, green: AppFolder, prefix: string): Promise<Rehearsed> {
  const scratch = { ...world.surroundings, POSTGRES_PREFIX: prefix };
  const copied = await schemaTool(blue, world.surroundings, reports.copy, 'copy', '--prefix', prefix);
  const stage = new Stage(world, scratch);
  try {
    if (!copied.ok) throw new Error(`The databases could not be copied: ${copied.error?.message}`);
    const drift = copied.plugins.flatMap(({ drift: found }) => [
      ...found.onlyLive.map((line) => `only live: ${line}`),
      ...found.onlyCopy.map((line) => `only copy: ${line}`),
    ]);
    const course = await runThrough(stage, world.entities, blue, green);
    return { ...course, copy: { rows: copied.rows, bytes: copied.bytes, ms: copied.ms, drift } };
  } finally {
    await stage.stopAll();
    await schemaTool(blue, world.surroundings, reports.drop, 'drop', '--prefix', prefix);
  }
}

async function runThrough(
  stage: Stage,
  entities: Entities,
  blue: AppFolder,
  green: AppFolder,
): Promise<Omit<Rehearsed, 'copy'>> {
  const told: string[] = [];
  const answer = (question: string, { works, detail }: { works: boolean; detail: string }) => {
    told.push(`${works ? 'yes' : 'no '}  ${question}: ${detail}`);
    return works;
  };
  const none = { rowsLost: new Map<string, number>(), entitiesLost: [], told };

  const oldBlue = await stage.start(blue);
  const baseline = await oldBlue.works();
  if (!baseline.works)
    throw new Error(`${blue.release} does not work on a copy of its own databases: ${baseline.detail}`);
  const before = await stage.rows();

  const { plugins } = await schemaTool(green, stage.surroundings, reports.status, 'status');
  const migrations = plugins.flatMap(({ sets }) => sets.flatMap(({ pending }) => pending));
  const up = await schemaTool(green, stage.surroundings, reports.up, 'up');
  if (!up.ok) {
    answer('its migrations run', { works: false, detail: up.error?.message ?? '' });
    const truthTable = { greenWorks: false, runningBlueWorks: null, restartedBlueWorks: null, downWorks: null };
    return { migrations, truthTable, ...none };
  }
  const newGreen = await stage.start(green);
  const greenWorks = answer(`${green.release} works on the migrated copy`, await newGreen.works());
  const runningBlueWorks = answer(`the running ${blue.release} survives`, await oldBlue.works());
  await oldBlue.stop();
  const written = greenWorks ? await entities.register(newGreen, 'during', during) : [];
  const unread = await missingFrom(newGreen, written, 30_000);
  if (unread.length > 0) throw new Error(`${green.release} did not read ${unread.join(', ')} from a location`);

  const restarted = await stage.start(blue);
  const restartedBlueWorks = answer(`a restarted ${blue.release} works on the new schema`, await restarted.works());
  await stage.stopAll();

  const last = await stage.rows();
  const down = await schemaTool(
    green,
    stage.surroundings,
    reports.down,
    'down',
    '--to',
    await manifestOf(blue, stage.surroundings),
  );
  const after = await stage.rows();
  // What the newer release alone had goes with its tables; what was there before, or is blue's, must not.
  const known = new Map([...last].filter(([place]) => before.has(place)));
  const rowsLost = new Map([...lostRows(before, after), ...lostRows(known, after)]);
  if (!down.ok) {
    answer('the way back', { works: false, detail: down.error?.message ?? '' });
    return { migrations, truthTable: { greenWorks, runningBlueWorks, restartedBlueWorks, downWorks: false }, ...none };
  }
  const unwound = await stage.start(blue);
  const back = await unwound.works();
  const entitiesLost = back.works ? await missingFrom(unwound, written, 60_000) : [...written];
  const taken = down.unwound.reduce((sum, set) => sum + set.migrations.length, 0);
  const kept = rowsLost.size === 0 && entitiesLost.length === 0;
  const downWorks = answer(`${taken} migrations are taken back in ${down.ms} ms, and ${blue.release} works`, {
    works: back.works && kept,
    detail: kept
      ? `${back.detail}; every row is there`
      : `${back.detail}; lost: ${[...rowsLost.keys(), ...entitiesLost].join(', ')}`,
  });
  const truthTable = { greenWorks, runningBlueWorks, restartedBlueWorks, downWorks };
  return { migrations, truthTable, rowsLost, entitiesLost, told };
}

/** What runs on one set of databases. */
export class Stage {
  readonly surroundings: Surroundings;
  readonly #world: World;
  readonly #running: Backend[] = [];

  constructor(world: World, surroundings: Surroundings) {
    this.#world = world;
    this.surroundings = surroundings;
  }

  async start(app: AppFolder): Promise<Backend> {
    const backend = await Backend.start(app, this.surroundings, this.#world.guardian);
    this.#running.push(backend);
    return backend;
  }

  rows(): ReturnType<typeof readRows> {
    return readRows(this.#world.server, this.surroundings['POSTGRES_PREFIX'] ?? '');
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.map((backend) => backend.stop()));
  }
}
