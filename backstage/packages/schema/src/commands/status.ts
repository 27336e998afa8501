import type { App } from '../app';
import { byPlugin } from '../byPlugin';
import { type Databases, readOnly } from '../databases';
import { heldSince, judgeLock } from '../judgeLock';
import { readLock } from '../knexLock';
import { SchemaLock } from '../lock';
import { pendingCount } from '../plan';
import { readPlans } from '../readPlans';
import { isMissingDatabase } from '../state';
import type { MigrationSet, Unplaced } from '../types';

export interface StatusReport {
  readonly ok: true;
  readonly pending: number;
  readonly unknown: number;
  /** Whether a run of this tool holds the schema lock right now. */
  readonly running: boolean;
  readonly plugins: readonly PluginStatus[];
  readonly unplaced: readonly Unplaced[];
}

export interface PluginStatus {
  readonly plugin: string;
  readonly sets: readonly {
    readonly package: string;
    readonly table: string;
    readonly applied: number;
    /** Those that are applied, in the order of their first record. */
    readonly present: readonly string[];
    readonly pending: readonly string[];
    readonly unknown: readonly string[];
    /** Knex's lock, as Knex sees it. */
    readonly locked: boolean;
    readonly lock?: LockStatus;
  }[];
}

export interface LockStatus {
  /** ISO 8601; null when nobody can know. */
  readonly since: string | null;
  /** Whether its holder is provably gone, so that `unlock` frees it. */
  readonly abandoned: boolean;
  readonly reason: string;
}

export async function status({ config, sets, unplaced }: App): Promise<StatusReport> {
  const databases = readOnly(config);
  const lock = new SchemaLock(config);
  try {
    const [plans, holder] = await Promise.all([readPlans(databases, sets), lock.holder()]);
    const locks = new Map<MigrationSet, LockStatus>();
    for (const { set } of plans) {
      const found = await lockStatus(databases, set);
      if (found) locks.set(set, found);
    }
    return {
      ok: true,
      pending: pendingCount(plans),
      unknown: plans.reduce((sum, plan) => sum + plan.unknown.length, 0),
      running: holder !== undefined,
      plugins: byPlugin(
        plans,
        (plan) => plan.set.plugin,
        ({ set, applied, pending, unknown, locked }) => ({
          package: set.package,
          table: set.table,
          applied: applied.length,
          present: applied,
          pending,
          unknown,
          locked,
          ...(locks.has(set) ? { lock: locks.get(set) } : {}),
        }),
      ),
      unplaced,
    };
  } finally {
    await Promise.all([databases.close(), lock.close()]);
  }
}

async function lockStatus(databases: Databases, { plugin, table }: MigrationSet): Promise<LockStatus | undefined> {
  try {
    const lock = await readLock(await databases.of(plugin), table);
    const verdict = lock ? judgeLock(lock) : undefined;
    if (!lock || !verdict || verdict.is === 'free') return undefined;
    return { since: heldSince(lock) ?? null, abandoned: verdict.is === 'abandoned', reason: verdict.reason };
  } catch (error) {
    if (isMissingDatabase(error)) return undefined;
    throw error;
  }
}
