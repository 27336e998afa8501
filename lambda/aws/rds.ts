import {
  CreateDBSnapshotCommand,
  type DBSnapshot,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  paginateDescribeDBSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';
import { isNamed } from './errors.ts';

const client = new RDSClient({});

export interface SnapshotView {
  readonly id: string;
  /** `creating`, `available`, `failed` and others. */
  readonly status: string;
  /** ISO; empty while the snapshot is being started. */
  readonly createdAt: string;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Starts a snapshot, once: one of the same name that is there already is no error.
 *
 * @returns false when the instance is busy with something else, and it has to be asked again: only an
 * available instance can be copied (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html)
 */
export async function createSnapshot(
  instance: string,
  id: string,
  tags: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    await client.send(
      new CreateDBSnapshotCommand({
        DBInstanceIdentifier: instance,
        DBSnapshotIdentifier: id,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'DBSnapshotAlreadyExists', 'DBSnapshotAlreadyExistsFault')) return true;
    if (isNamed(error, 'InvalidDBInstanceState', 'InvalidDBInstanceStateFault')) return false;
    throw error;
  }
}

/** One snapshot; null when there is none of this name. */
export async function readSnapshot(id: string): Promise<SnapshotView | null> {
  try {
    const { DBSnapshots } = await client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }));
    const [found] = DBSnapshots ?? [];
    return found === undefined ? null : view(found);
  } catch (error) {
    if (isNamed(error, 'DBSnapshotNotFound', 'DBSnapshotNotFoundFault')) return null;
    throw error;
  }
}

/** The instance's snapshots that somebody asked for, the automatic ones left out. */
export async function manualSnapshots(instance: string): Promise<SnapshotView[]> {
  const found: SnapshotView[] = [];
  const pages = paginateDescribeDBSnapshots({ client }, { DBInstanceIdentifier: instance, SnapshotType: 'manual' });
  for await (const { DBSnapshots } of pages) found.push(...(DBSnapshots ?? []).map(view));
  return found;
}

/** Deletes a snapshot; one that is gone already is no error. */
export async function deleteSnapshot(id: string): Promise<void> {
  try {
    await client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }));
  } catch (error) {
    if (!isNamed(error, 'DBSnapshotNotFound', 'DBSnapshotNotFoundFault')) throw error;
  }
}

function view({ DBSnapshotIdentifier, Status, SnapshotCreateTime, TagList }: DBSnapshot): SnapshotView {
  return {
    id: DBSnapshotIdentifier ?? '',
    status: Status ?? 'unknown',
    createdAt: SnapshotCreateTime?.toISOString() ?? '',
    tags: new Map((TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
}
