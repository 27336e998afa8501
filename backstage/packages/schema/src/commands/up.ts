import type { App } from '../app';
import { type AppliedSet, appliedSet, applySet } from '../apply';
import { type Databases, readOnly, writable } from '../databases';
import { migrationFiles } from '../files';
import { SchemaLock } from '../lock';
import { log } from '../log';
import { refusal } from '../plan';
import { readPlans } from '../readPlans';
import { type Culprit, SchemaError, type SchemaErrorKind, toSchemaError } from '../SchemaError';
import { readState } from '../state';
import type { SetPlan } from '../types';

export interface UpOptions {
  readonly waitMs: number;
  readonly freeLocks: boolean;
  readonly interrupted: () => boolean;
}

export interface UpReport {
  readonly ok: boolean;
  readonly ms: number;
  readonly applied: readonly AppliedSet[];
  readonly error?: Culprit & { readonly kind: SchemaErrorKind; readonly message: string };
}

export async function up(app: App, options: UpOptions): Promise<UpReport> {
  const startedAt = performance.now();
  const applied: AppliedSet[] = [];
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    await underLock(app, options, applied);
    return { ok: true, ms: ms(), applied };
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ok: false, ms: ms(), applied, error: { kind, message, ...culprit } };
  }
}

async function underLock(app: App, options: UpOptions, applied: AppliedSet[]): Promise<void> {
  const lock = new SchemaLock(app.config);
  try {
    await lock.acquire(options.waitMs);
    const due = await planUnderLock(app, options);
    await applyAll(app, due, lock, options, applied);
  } finally {
    await lock.close();
  }
}

async function planUnderLock(app: App, { freeLocks }: UpOptions): Promise<SetPlan[]> {
  const databases = readOnly(app.config);
  try {
    const plans = await readPlans(databases, app.sets);
    const considered = freeLocks ? await freeAll(databases, plans) : plans;
    const refused = refusal(considered, app.unplaced);
    if (refused) throw refused;
    return considered.filter((plan) => plan.pending.length > 0);
  } finally {
    await databases.close();
  }
}

async function freeAll(databases: Databases, plans: readonly SetPlan[]): Promise<SetPlan[]> {
  for (const { set } of plans.filter((plan) => plan.locked)) {
    const knex = await databases.of(set.plugin);
    await knex.migrate.forceFreeMigrationsLock({ tableName: set.table });
    log(`${set.plugin}: freed the lock ${set.table}_lock`);
  }
  return plans.map((plan) => ({ ...plan, locked: false }));
}

async function applyAll(
  { config }: App,
  due: readonly SetPlan[],
  lock: SchemaLock,
  { interrupted }: UpOptions,
  applied: AppliedSet[],
): Promise<void> {
  const databases = writable(config);
  try {
    for (const plan of due) {
      if (interrupted()) throw new SchemaError('interrupted', 'Told to stop: what is left is still pending');
      await lock.assertHeld();
      await applyOne(databases, plan, applied);
    }
  } finally {
    await databases.close();
  }
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
