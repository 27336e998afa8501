import type {
  CreateDBSnapshotMessage,
  DBInstance,
  DBSnapshot,
  DescribeDBSnapshotsMessage,
  Tag,
} from '@aws-sdk/client-rds';
import { arn } from '../aws/arn.ts';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';

/** AWS gives no number: minutes, by what has changed since the last one. */
const snapshotMs = 20_000;

/** Manual snapshots for each account and region (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html). */
const quota = 100;

interface Snapshot {
  readonly id: string;
  readonly instance: string;
  readonly createdAt: number;
  readonly tags: Tag[];
  status: 'creating' | 'available';
}

/** Snapshots that somebody asked for (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateSnapshot.html). */
export class Snapshots {
  readonly #clock: Clock;
  readonly #instance: (id: string) => DBInstance;
  readonly #snapshots = new Map<string, Snapshot>();

  /** @param instance gives the instance of this name, or throws */
  constructor(clock: Clock, instance: (id: string) => DBInstance) {
    this.#clock = clock;
    this.#instance = instance;
  }

  all(): readonly Snapshot[] {
    return [...this.#snapshots.values()];
  }

  /** Names are kept in lower case (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html). */
  create({ DBSnapshotIdentifier = '', DBInstanceIdentifier = '', Tags = [] }: CreateDBSnapshotMessage): DBSnapshot {
    const id = DBSnapshotIdentifier.toLowerCase();
    if (!/^[a-z](-?[a-z0-9])*$/.test(id) || id.length > 255) {
      throw new ServiceError('InvalidParameterValue', `Invalid snapshot identifier: ${DBSnapshotIdentifier}`);
    }
    if (this.#instance(DBInstanceIdentifier).DBInstanceStatus !== 'available') {
      throw new ServiceError('InvalidDBInstanceState', `DBInstance ${DBInstanceIdentifier} is not in available state.`);
    }
    if (this.#snapshots.has(id)) {
      throw new ServiceError('DBSnapshotAlreadyExists', `A snapshot with the identifier ${id} already exists.`);
    }
    if (this.#snapshots.size >= quota) {
      throw new ServiceError('SnapshotQuotaExceeded', `Cannot create more than ${quota} manual snapshots.`);
    }
    const createdAt = this.#clock.now();
    const snapshot: Snapshot = { id, instance: DBInstanceIdentifier, createdAt, tags: Tags, status: 'creating' };
    this.#snapshots.set(id, snapshot);
    this.#clock.after(snapshotMs, () => {
      snapshot.status = 'available';
    });
    return describe(snapshot);
  }

  find({ DBSnapshotIdentifier, DBInstanceIdentifier }: DescribeDBSnapshotsMessage): DBSnapshot[] {
    if (DBSnapshotIdentifier !== undefined) return [describe(this.existing(DBSnapshotIdentifier))];
    return this.all()
      .filter(({ instance }) => DBInstanceIdentifier === undefined || instance === DBInstanceIdentifier)
      .map(describe);
  }

  delete(id: string): DBSnapshot {
    const snapshot = this.existing(id);
    if (snapshot.status !== 'available') {
      throw new ServiceError('InvalidDBSnapshotState', `Cannot delete the snapshot ${id}: it is ${snapshot.status}.`);
    }
    this.#snapshots.delete(snapshot.id);
    return { ...describe(snapshot), Status: 'deleted' };
  }

  existing(id: string): Snapshot {
    const snapshot = this.#snapshots.get(id.toLowerCase());
    if (snapshot !== undefined) return snapshot;
    throw new ServiceError('DBSnapshotNotFound', `DBSnapshot ${id} not found.`, 404);
  }
}

function describe({ id, instance, createdAt, tags, status }: Snapshot): DBSnapshot {
  return {
    DBSnapshotIdentifier: id,
    DBSnapshotArn: arn('rds', `snapshot:${id}`),
    DBInstanceIdentifier: instance,
    SnapshotType: 'manual',
    Status: status,
    PercentProgress: status === 'available' ? 100 : 0,
    TagList: tags,
    ...(status === 'available' && { SnapshotCreateTime: new Date(createdAt) }),
  };
}
