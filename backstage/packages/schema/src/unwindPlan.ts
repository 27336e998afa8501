import type { Manifest } from './manifest';
import { SchemaError } from './SchemaError';
import type { MigrationSet, SetPlan, Unplaced } from './types';

/** Migrations of one set, newest first: the order in which they are taken back. */
export interface Unwind {
  readonly set: MigrationSet;
  readonly migrations: readonly string[];
  /** Those of them that this image cannot take back: it has no such file. */
  readonly strange: readonly string[];
  readonly locked: boolean;
}

export interface UnwindPlan {
  readonly due: readonly Unwind[];
  /** Sets that the manifest does not have at all: its image never looks at their tables. */
  readonly kept: readonly Unwind[];
}

/**
 * What the database has and a manifest lacks. Pure: no file, no connection.
 * @param wholeSets whether to unwind also what belongs to a plugin or module that came with this image
 */
export function planUnwind(plans: readonly SetPlan[], { plugins }: Manifest, wholeSets: boolean): UnwindPlan {
  const wanted = new Map(
    plugins.flatMap(({ plugin, sets }) => sets.map((set) => [placeOf(plugin, set.table), set.migrations] as const)),
  );
  const due: Unwind[] = [];
  const kept: Unwind[] = [];
  // The reverse of the order of `up`, for the sets too.
  for (const { set, applied, unknown, locked } of plans.toReversed()) {
    const stays = wanted.get(placeOf(set.plugin, set.table));
    // In the order of their first record: what racing replicas recorded twice ran where it was recorded first.
    const migrations = applied.filter((name) => !stays?.includes(name)).toReversed();
    if (migrations.length === 0) continue;
    const strange = migrations.filter((name) => unknown.includes(name));
    (stays || wholeSets ? due : kept).push({ set, migrations, strange, locked });
  }
  return { due, kept };
}

/**
 * Why nothing may be unwound at all.
 * @param hasDown whether the image's file of a migration knows the way back
 */
export function unwindRefusal(
  { due }: UnwindPlan,
  unplaced: readonly Unplaced[],
  target: Manifest,
  hasDown: (set: MigrationSet, migration: string) => boolean,
): SchemaError | undefined {
  const [stranger] = [...unplaced, ...target.unplaced];
  if (stranger) {
    const whose = unplaced.length > 0 ? 'This image' : "The manifest's image";
    return new SchemaError(
      'unplaced',
      `${whose} cannot place all migrations: ${stranger.package} ${stranger.reason}. ` +
        'Name them in understudy.schema.migrations',
      { package: stranger.package },
    );
  }
  const strange = due.find((unwind) => unwind.strange.length > 0);
  if (strange) {
    const { plugin, package: name } = strange.set;
    return new SchemaError(
      'diverged',
      `The database of ${plugin} has run ${strange.strange.join(', ')}, which neither the manifest nor ${name} of this ` +
        'image knows: unwind with the image that brought it',
      { plugin, package: name, migration: strange.strange[0] },
    );
  }
  for (const { set, migrations } of due) {
    const oneWay = migrations.filter((name) => !hasDown(set, name));
    if (oneWay.length > 0) {
      return new SchemaError(
        'irreversible',
        `${set.package} has no way back from ${oneWay.join(', ')} in the database of ${set.plugin}: no function "down". ` +
          'Restore a snapshot, or release a version that knows this schema',
        { plugin: set.plugin, package: set.package, migration: oneWay[0] },
      );
    }
  }
  const locked = due.find((unwind) => unwind.locked);
  if (locked) return lockedError(locked.set);
  return undefined;
}

export function lockedError({ plugin, package: name, table }: MigrationSet): SchemaError {
  return new SchemaError(
    'locked',
    `Knex's lock ${table}_lock of ${plugin} is held: a backend migrates by itself right now, or was killed while it ` +
      'did. backstage-schema unlock tells which',
    { plugin, package: name },
  );
}

function placeOf(plugin: string, table: string): string {
  return `${plugin} ${table}`;
}
