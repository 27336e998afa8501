import type { Knex } from 'knex';
import type { App } from '../app';
import { type AppliedSet, appliedSet, applySet } from '../apply';
import { readMark, type ScratchMark, writeMark } from '../copy/mark';
import { markNewcomer, markOfAll } from '../copy/newcomers';
import { type Databases, readOnly, writable } from '../databases';
import { migrationFiles } from '../files';
import { SchemaLock } from '../lock';
import { log } from '../log';
import { refusal } from '../plan';
import { readPlans } from '../readPlans';
import { countRows } from '../rows/countRows';
import { type Culprit, SchemaError, type SchemaErrorKind, toSchemaError } from '../SchemaError';
import { readState } from '../state';
import type { SetPlan } from '../types';

export interface UpOptions {
  readonly dryRun: boolean;
  readonly waitMs: number;
  readonly freeLocks: boolean;
  readonly interrupted: () => boolean;
}

export interface UpReport {
  readonly ok: boolean;
  readonly ms: number;
  readonly dryRun: boolean;
  /** What was pending. */
  readonly planned: readonly AppliedSet[];
  readonly applied: readonly AppliedSet[];
  readonly error?: Culprit & { readonly kind: SchemaErrorKind; readonly message: string };
}

interface Progress {
  planned: readonly AppliedSet[];
  readonly applied: AppliedSet[];
}

export async function up(app: App, options: UpOptions): Promise<UpReport> {
  const startedAt = performance.now();
  const progress: Progress = { planned: [], applied: [] };
  const report = (ok: boolean) => ({
    ok,
    ms: Math.round(performance.now() - startedAt),
    dryRun: options.dryRun,
    ...progress,
  });
  try {
    await underLock(app, options, progress);
    return report(true);
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ...report(false), error: { kind, message, ...culprit } };
  }
}

async function underLock(app: App, options: UpOptions, progress: Progress): Promise<void> {
  const lock = new SchemaLock(app.config);
  try {
    // A plan alone disturbs nobody, and need not wait for anybody.
    if (!options.dryRun) await lock.acquire(options.waitMs);
    const plan = await planUnderLock(app, options, progress);
    if (!options.dryRun) await applyAll(app, plan, lock, options, progress.applied);
  } finally {
    await lock.close();
  }
}

interface Plan {
  readonly due: readonly SetPlan[];
  /** Of the scratch copy that this runs on. */
  readonly mark: ScratchMark | undefined;
}

async function planUnderLock(app: App, options: UpOptions, progress: Progress): Promise<Plan> {
  const databases = readOnly(app.config);
  try {
    const plans = await readPlans(databases, app.sets);
    progress.planned = plans.filter(isDue).map((plan) => appliedSet(plan, plan.pending));
    const considered = options.freeLocks ? await freeAll(databases, plans, options.dryRun) : plans;
    const refused = refusal(considered, app.unplaced);
    if (refused) throw refused;
    const plugins = new Set(app.sets.map(({ plugin }) => plugin));
    return { due: considered.filter(isDue), mark: await markOfAll(app.config, databases, plugins) };
  } finally {
    await databases.close();
  }
}

function isDue({ pending }: SetPlan): boolean {
  return pending.length > 0;
}

async function freeAll(databases: Databases, plans: readonly SetPlan[], dryRun: boolean): Promise<SetPlan[]> {
  for (const { set } of plans.filter((plan) => plan.locked && !dryRun)) {
    const knex = await databases.of(set.plugin);
    await knex.migrate.forceFreeMigrationsLock({ tableName: set.table });
    log(`${set.plugin}: freed the lock ${set.table}_lock`);
  }
  return plans.map((plan) => ({ ...plan, locked: false }));
}

async function applyAll(
  { config }: App,
  { due, mark }: Plan,
  lock: SchemaLock,
  { interrupted }: UpOptions,
  applied: AppliedSet[],
): Promise<void> {
  const databases = writable(config);
  try {
    for (const plugin of new Set(due.map((plan) => plan.set.plugin))) {
      const knex = await databases.of(plugin);
      if (mark) await markNewcomer(knex, mark);
      await rememberRows(knex);
    }
    for (const plan of due) {
      if (interrupted()) throw new SchemaError('interrupted', 'Told to stop: what is left is still pending');
      await lock.assertHeld();
      await applyOne(databases, plan, applied);
    }
  } finally {
    await databases.close();
  }
}

/** On a scratch copy: what is in it before anything changes, for the way back to be measured by. */
async function rememberRows(knex: Knex): Promise<void> {
  const mark = await readMark(knex);
  if (mark && !mark.before) await writeMark(knex, { ...mark, before: await countRows(knex) });
}

async function applyOne(databases: Databases, plan: SetPlan, applied: AppliedSet[]): Promise<void> {
  const knex = await databases.of(plan.set.plugin);
  try {
    applied.push(await applySet(knex, plan, migrationFiles(plan.set.directory)));
  } catch (error) {
    // A migration that forgoes its transaction stays, even when a later one of its set fails.
    const { applied: recorded } = await readState(knex, plan.set);
    const stayed = plan.pending.filter((name) => recorded.includes(name));
    if (stayed.length > 0) applied.push(appliedSet(plan, stayed));
    throw error;
  }
}
