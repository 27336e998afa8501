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
  if (canUnwind(description.schemaTool) && schema.blueManifest !== null) {
    return { way: 'unwind', manifest: schema.blueManifest, revision };
  }
  return { way: 'restore', reason: restoreText('the migrations cannot be taken back', snapshot?.id ?? null) };
}

/** Says loudly what is left to do, and with what. */
export function restoreText(why: string, snapshot: string | null): string {
  const from = snapshot === null ? 'a backup from before the release' : `the snapshot ${snapshot}`;
  return `RESTORE THE DATABASE from ${from}, if the old version does not work: ${why} (docs/restore.md).`;
}
