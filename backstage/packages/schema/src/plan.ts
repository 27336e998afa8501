import { SchemaError } from './SchemaError';
import type { MigrationSet, SetPlan, SetState, Unplaced } from './types';

/** What separates the files of one image from what a database records. Pure: no file, no connection. */
export function planSet(set: MigrationSet, files: readonly string[], state: SetState): SetPlan {
  // Racing replicas have been seen to record a migration twice.
  const applied = [...new Set(state.applied)];
  return {
    set,
    applied,
    pending: files.filter((file) => !applied.includes(file)).toSorted(),
    unknown: applied.filter((name) => !files.includes(name)),
    locked: state.locked,
  };
}

export function pendingCount(plans: readonly SetPlan[]): number {
  return plans.reduce((sum, plan) => sum + plan.pending.length, 0);
}

/** Why nothing may be applied at all: half a migrated schema helps nobody. */
export function refusal(plans: readonly SetPlan[], unplaced: readonly Unplaced[]): SchemaError | undefined {
  const [stranger] = unplaced;
  if (stranger) {
    const all = unplaced.map((u) => `${u.package} ${u.reason}`).join('; ');
    return new SchemaError(
      'unplaced',
      `Cannot place all migrations: ${all}. Name them in understudy.schema.migrations`,
      {
        package: stranger.package,
      },
    );
  }
  const due = plans.filter((plan) => plan.pending.length > 0);
  const diverged = due.find((plan) => plan.unknown.length > 0);
  if (diverged) {
    const { plugin, package: name } = diverged.set;
    return new SchemaError(
      'diverged',
      `The database of ${plugin} has run ${diverged.unknown.join(', ')}, which ${name} of this image does not know, ` +
        `and lacks ${diverged.pending.join(', ')}`,
      { plugin, package: name },
    );
  }
  const locked = due.find((plan) => plan.locked);
  if (locked) {
    const { plugin, package: name, table } = locked.set;
    return new SchemaError(
      'locked',
      `Knex's lock ${table}_lock of ${plugin} is held: a backend migrates by itself right now, or was killed while it ` +
        'did. The command unlock tells which, and frees it when its holder is gone',
      { plugin, package: name },
    );
  }
  return undefined;
}
