import { touchedSchema } from '../../../lambda/domain/mending.ts';
import type { Release } from '../../../lambda/domain/release.ts';
import { snapshotId } from '../../../lambda/domain/snapshot.ts';
import { environment, service } from '../stage/fault-stage.ts';
import type { Invariant } from './invariants.ts';

const noCopyIsLeft: Invariant = ({ schema }) => schema.copies.map((copy) => `the scratch copy ${copy} is left`);

const theMigrationLockIsFree: Invariant = ({ schema }) =>
  schema.lock === 'free' ? [] : [`the migration lock is ${schema.lock}`];

/** Or the last release that touched the schema says that the database has to be restored. */
const whatServesCanRestart: Invariant = ({ schema, entries }) =>
  schema.restarts || entries.some(({ outcome }) => outcome === 'needs-restore')
    ? []
    : ['a task of the version that serves would not work if it were started now, and no entry says so'];

const aHalfIsTakenBack: Invariant = ({ schema, entries }) =>
  schema.half.length === 0 || entries.some(({ outcome }) => outcome === 'needs-restore')
    ? []
    : [`of the migrations only ${schema.half.join(', ')} is applied, and no entry says so`];

const named = ({ id, openedAt }: Release): string => snapshotId(environment, service, id, openedAt);

/** Whoever touched the schema has a snapshot from before, and names it. */
const theWayBackIsThere: Invariant = ({ schema, entries }) =>
  entries.flatMap((entry) => {
    if (!touchedSchema(entry)) return [];
    const status = schema.snapshots.find(({ id }) => id === named(entry))?.status ?? 'not there';
    return [
      ...(status === 'available' ? [] : [`${entry.id} touched the schema, and its snapshot is ${status}`]),
      ...(entry.snapshot?.id === named(entry) ? [] : [`the entry of ${entry.id} does not name its snapshot`]),
    ];
  });

/** Later releases find it by its tags; people find it by an entry. */
const snapshotsAreOfReleases: Invariant = ({ schema, entries }) =>
  schema.snapshots
    .filter(({ id }) => entries.every((entry) => named(entry) !== id))
    .map(({ id }) => `the snapshot ${id} is of no release in the ledger`);

export const invariantsOfTheSchema: Readonly<Record<string, Invariant>> = {
  'no scratch copy is left': noCopyIsLeft,
  'the migration lock is free': theMigrationLockIsFree,
  'what serves can restart': whatServesCanRestart,
  'a half-run migration is taken back': aHalfIsTakenBack,
  'who touched the schema has a snapshot': theWayBackIsThere,
  'snapshots are of releases': snapshotsAreOfReleases,
};
