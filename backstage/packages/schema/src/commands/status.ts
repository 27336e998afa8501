import type { App } from '../app';
import { byPlugin } from '../byPlugin';
import { readOnly } from '../databases';
import { SchemaLock } from '../lock';
import { pendingCount } from '../plan';
import { readPlans } from '../readPlans';
import type { Unplaced } from '../types';

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
    readonly pending: readonly string[];
    readonly unknown: readonly string[];
    readonly locked: boolean;
  }[];
}

export async function status({ config, sets, unplaced }: App): Promise<StatusReport> {
  const databases = readOnly(config);
  const lock = new SchemaLock(config);
  try {
    const [plans, holder] = await Promise.all([readPlans(databases, sets), lock.holder()]);
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
          pending,
          unknown,
          locked,
        }),
      ),
      unplaced,
    };
  } finally {
    await Promise.all([databases.close(), lock.close()]);
  }
}
