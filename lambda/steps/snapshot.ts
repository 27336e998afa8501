import { isTransient } from '../aws/errors.ts';
import * as rds from '../aws/rds.ts';
import { type RegisteredRelease, type Release, registeredReleaseSchema, type Snapshot } from '../domain/release.ts';
import { outlived, snapshotId, snapshotTags } from '../domain/snapshot.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { fence, step } from './step.ts';

/** Takes a snapshot of the database before its schema changes, and waits until it is there. */
export const handler = step('Snapshot', registeredReleaseSchema, async (release, { now }) => {
  const { database, environment, service, deadlines } = release.description;
  const startedAt = release.snapshot?.startedAt ?? now;
  const end = (snapshot: Omit<Snapshot, 'startedAt'>): Release => ({
    ...release,
    snapshot: { startedAt, ...snapshot },
  });
  if (database === null) {
    return end({ id: null, available: true, reason: 'The service names no database: no snapshot was taken.' });
  }
  const id = snapshotId(environment, service, release.id, release.openedAt);
  const status = await takeSnapshot(release, database.instance, id);
  if (status === 'available') {
    const left = await sweep(release, database, id);
    return end({ id, available: true, reason: [`The database as it was before is ${id}.`, ...left].join(' ') });
  }
  const told = `The snapshot ${id} of ${database.instance} is ${status}`;
  const open: Snapshot = { id, startedAt, available: false, reason: told };
  const refuse = (reason: string): Release => ({
    ...release,
    snapshot: open,
    refusal: `${reason} Without it the schema is not touched; nothing was changed.`,
  });
  if (status === 'failed') return refuse(`${told}.`);
  if (isPast(startedAt, deadlines.snapshotSeconds, now)) {
    return refuse(`${told}, and was not available within ${deadlines.snapshotSeconds} s.`);
  }
  const seconds = Math.max(5, pollInterval(secondsBetween(startedAt, now)));
  return { ...release, snapshot: open, wait: { seconds, resume: 'Snapshot' } };
});

/** Starts it, or finds it when it was started before. @returns its status */
async function takeSnapshot(release: RegisteredRelease, instance: string, id: string): Promise<string> {
  const found = await rds.readSnapshot(id);
  if (found !== null) return found.status;
  await fence(release);
  const started = await rds.createSnapshot(instance, id, snapshotTags(release.service, release.id));
  return started ? 'creating' : 'waiting for the instance';
}

/** The quota is 100 for each account and region: old ones go, and what does not go is told. */
async function sweep(
  release: RegisteredRelease,
  { instance, snapshots }: NonNullable<RegisteredRelease['description']['database']>,
  own: string,
): Promise<string[]> {
  try {
    for (const id of outlived(await rds.manualSnapshots(instance), release.service, own, snapshots)) {
      await fence(release);
      await rds.deleteSnapshot(id);
    }
    return [];
  } catch (error) {
    if (isTransient(error)) throw error;
    return [`Old snapshots could not be deleted: ${error instanceof Error ? error.message : String(error)}`];
  }
}
