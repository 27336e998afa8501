import type { ReleaseRequest } from '../request.ts';
import type { Rehearsal } from './record.ts';
import { answersOf } from './verdict.ts';

export interface Allowed {
  readonly request: Pick<ReleaseRequest, 'allowCutover' | 'allowIrreversible'>;
  /** Whether a snapshot of the database can be taken. */
  readonly snapshots: boolean;
  /** Whether the new version is the one to go back to: the release is a rollback. */
  readonly goesBack: boolean;
}

/**
 * Why the release is refused after its rehearsal, in words for the person who asked for it; null when
 * it may go on, by canary.
 */
export function refusalAfter(rehearsal: Rehearsal, allowed: Allowed): string | null {
  const told = refusal(rehearsal, allowed);
  return told === null ? null : `${told} ${rehearsal.reason}`.trim();
}

function refusal({ verdict, truthTable, scratch }: Rehearsal, allowed: Allowed): string | null {
  switch (verdict) {
    case 'neutral':
    case 'coexists':
      return null;
    case 'irreversible':
      if (truthTable !== null && !answersOf(truthTable).runningBlueWorks) {
        return `The old version would break as soon as the migrations have run, and they cannot be taken back; nothing was changed. ${twoReleases}`;
      }
      return withoutWayBack(allowed);
    case 'exclusive':
      return `The old version cannot live on the new schema: its users would see errors from the migrations on; nothing was changed. ${twoReleases}${allowed.request.allowCutover ? ` ${noCutover}` : ''}`;
    case 'broken':
      if (scratch !== null) return 'The new version does not work on a copy of the database; nothing was changed.';
      return allowed.goesBack
        ? `A new task of the version to go back to does not work on the present schema; nothing was changed. ${noWayBack}`
        : 'A new task of the version that serves does not work, so there would be no way back; nothing was changed.';
    case null:
    default:
      return 'The migrations could not be rehearsed; nothing was changed.';
  }
}

function withoutWayBack({ request, snapshots }: Allowed): string | null {
  if (!request.allowIrreversible) {
    return 'There would be no way back; nothing was changed. Set allowIrreversible to release it all the same, after a snapshot.';
  }
  if (snapshots) return null;
  return 'There would be no way back, and the service names no database of which to take a snapshot; nothing was changed.';
}

const noWayBack =
  'If a release since then changed the schema for good, release a mended version, or restore the snapshot that it took (docs/restore.md).';

const twoReleases =
  'Split the change: first a release that adds what the new version needs, later one that removes what the old one needed.';

const noCutover =
  'allowCutover does not help: with CodeDeploy the old tasks cannot be taken away before the new ones serve (docs/adr/0051-no-cutover.md).';
