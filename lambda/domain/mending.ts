import { canUnwind } from './rehearsal/course.ts';
import type { OpenedRelease } from './release.ts';

export type Way =
  /** Nothing needs to be done, for this reason. */
  | { readonly way: 'none'; readonly result: 'untouched' | 'proven'; readonly reason: string }
  /** With the image of this revision, which has the files. */
  | { readonly way: 'unwind'; readonly manifest: string; readonly revision: string }
  | { readonly way: 'restore'; readonly reason: string };

/** Whether the release may have changed the schema: the answer of the state that started it may be lost. */
export function touchedSchema({ schema, failures }: Pick<OpenedRelease, 'schema' | 'failures'>): boolean {
  return schema.migrate !== null || failures['Migrate'] !== undefined;
}

/** How the old version gets a schema on which it can be started again. */
export function wayToMend(release: OpenedRelease): Way {
  const { schema, rehearsal, blue, description, snapshot, revision } = release;
  if (!touchedSchema(release) || revision === null)
    return { way: 'none', result: 'untouched', reason: 'The schema was not changed.' };
  if (blue.bootstrap) {
    return { way: 'none', result: 'proven', reason: 'The bootstrap image, which serves, has no schema.' };
  }
  if (schema.migrate?.done === true && rehearsal?.truthTable?.restartedBlueWorks === true) {
    return {
      way: 'none',
      result: 'proven',
      reason: 'The rehearsal has shown that the old version starts on the new schema.',
    };
  }
  const harm = harmOfUnwinding(release);
  if (harm === null && canUnwind(description.schemaTool) && schema.blueManifest !== null) {
    return { way: 'unwind', manifest: schema.blueManifest, revision };
  }
  const why = harm ?? 'the migrations cannot be taken back';
  return { way: 'restore', reason: restoreText(why, snapshot?.id ?? null) };
}

/**
 * Why the migrations had better stay, though they could be taken back. Running tasks of the old version live on the
 * whole new schema, or the release had been refused: it is left only for what was seen to work. Half of it nobody has
 * tried, and so it is left unless that was seen to fail.
 */
function harmOfUnwinding({ schema, rehearsal }: OpenedRelease): string | null {
  const works = rehearsal?.truthTable?.downWorks ?? null;
  if (works === true) return null;
  if (works === false)
    return 'on the copy, taking the migrations back lost rows, or left a schema on which it did not work';
  return schema.migrate?.done === true ? 'nobody has tried on a copy what taking the migrations back would do' : null;
}

/** Says loudly what is left to do, and with what. */
export function restoreText(why: string, snapshot: string | null): string {
  const from = snapshot === null ? 'a backup from before the release' : `the snapshot ${snapshot}`;
  return `RESTORE THE DATABASE from ${from}, if the old version does not work: ${why} (docs/restore.md).`;
}
