import type { Knex } from 'knex';
import type { App } from '../app';
import type { AppliedSet } from '../apply';
import { readMark } from '../copy/mark';
import { type Databases, readOnly } from '../databases';
import { type Healed, healCatalog } from '../heal';
import { SchemaLock } from '../lock';
import { log } from '../log';
import type { Manifest } from '../manifest';
import { hasDown } from '../migrations';
import { readPlans } from '../readPlans';
import { type Counts, countRows } from '../rows/countRows';
import { discardedRows, type LostRows, lostRows } from '../rows/lostRows';
import { type Culprit, SchemaError, type SchemaErrorKind, toSchemaError } from '../SchemaError';
import { unwindOne } from '../unwind';
import { planUnwind, type Unwind, type UnwindPlan, unwindRefusal } from '../unwindPlan';

export interface DownOptions {
  readonly to: Manifest;
  readonly wholeSets: boolean;
  readonly dryRun: boolean;
  readonly waitMs: number;
  readonly interrupted: () => boolean;
}

/** Migrations are named newest first throughout. */
export interface DownReport {
  readonly ok: boolean;
  readonly ms: number;
  readonly dryRun: boolean;
  readonly planned: readonly AppliedSet[];
  readonly unwound: readonly AppliedSet[];
  /** What the manifest lacks and yet stays: its image has no such plugin or module, and does not look there. */
  readonly kept: readonly AppliedSet[];
  /** Rows and values that went with the tables and columns that are gone now. */
  readonly discarded: readonly LostRows[];
  /** On a scratch copy: what was there before "up", and is not now. */
  readonly lost?: readonly LostRows[];
  /** What the other version wrote, and has been made to be taken up again. */
  readonly healed: readonly Healed[];
  readonly error?: Culprit & { readonly kind: SchemaErrorKind; readonly message: string };
}

interface Progress {
  plan: UnwindPlan;
  readonly unwound: { readonly unwind: Unwind; readonly migration: string }[];
  readonly discarded: LostRows[];
  readonly healed: Healed[];
  /** Undefined as soon as one database is no scratch copy: then nobody counted before. */
  lost?: LostRows[];
}

export async function down(app: App, options: DownOptions): Promise<DownReport> {
  const startedAt = performance.now();
  const progress: Progress = { plan: { due: [], kept: [] }, unwound: [], discarded: [], healed: [], lost: [] };
  const report = (ok: boolean) => ({
    ok,
    ms: Math.round(performance.now() - startedAt),
    dryRun: options.dryRun,
    planned: progress.plan.due.map((unwind) => view(unwind, unwind.migrations)),
    unwound: progress.plan.due.map((unwind) => view(unwind, doneOf(progress, unwind))).filter(isSome),
    kept: progress.plan.kept.map((unwind) => view(unwind, unwind.migrations)),
    discarded: progress.discarded,
    ...(progress.lost && !options.dryRun ? { lost: progress.lost } : {}),
    healed: progress.healed,
  });
  const databases = readOnly(app.config);
  const lock = new SchemaLock(app.config);
  try {
    // A plan alone disturbs nobody, and need not wait for anybody.
    if (!options.dryRun) await lock.acquire(options.waitMs);
    await plan(app, databases, options, progress);
    if (!options.dryRun) await unwindAll(databases, lock, options, progress);
    return report(true);
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ...report(false), error: { kind, message, ...culprit } };
  } finally {
    await Promise.all([databases.close(), lock.close()]);
  }
}

async function plan(app: App, databases: Databases, { to, wholeSets }: DownOptions, progress: Progress): Promise<void> {
  progress.plan = planUnwind(await readPlans(databases, app.sets), to, wholeSets);
  const refused = unwindRefusal(progress.plan, app.unplaced, to, hasDown);
  if (refused) throw refused;
}

async function unwindAll(
  databases: Databases,
  lock: SchemaLock,
  options: DownOptions,
  progress: Progress,
): Promise<void> {
  for (const plugin of new Set(progress.plan.due.map((unwind) => unwind.set.plugin))) {
    const knex = await databases.of(plugin);
    const before = (await readMark(knex))?.before;
    const migrated = await countRows(knex);
    await unwindPlugin(plugin, knex, lock, options, progress);
    account(plugin, { before, migrated, after: await countRows(knex) }, progress);
    const healed = plugin === 'catalog' ? await healCatalog(knex) : undefined;
    if (healed) progress.healed.push(healed);
  }
}

async function unwindPlugin(
  plugin: string,
  knex: Knex,
  lock: SchemaLock,
  { interrupted }: DownOptions,
  { plan: { due }, unwound }: Progress,
): Promise<void> {
  for (const unwind of due.filter((each) => each.set.plugin === plugin)) {
    for (const migration of unwind.migrations) {
      if (interrupted()) throw new SchemaError('interrupted', 'Told to stop: what is left is still applied');
      await lock.assertHeld();
      await unwindOne(knex, unwind.set, migration);
      unwound.push({ unwind, migration });
      log(`${plugin}: took back ${migration} of ${unwind.set.package} (${unwind.set.table})`);
    }
  }
}

function account(
  plugin: string,
  { before, migrated, after }: { before: Counts | undefined; migrated: Counts; after: Counts },
  progress: Progress,
): void {
  progress.discarded.push(...discardedRows(plugin, migrated, after));
  progress.lost = before && progress.lost && [...progress.lost, ...lostRows(plugin, before, migrated, after)];
}

function doneOf({ unwound }: Progress, unwind: Unwind): string[] {
  return unwound.filter((done) => done.unwind === unwind).map((done) => done.migration);
}

function view({ set }: Unwind, migrations: readonly string[]): AppliedSet {
  return { plugin: set.plugin, package: set.package, table: set.table, migrations };
}

function isSome({ migrations }: AppliedSet): boolean {
  return migrations.length > 0;
}
