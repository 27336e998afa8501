import type {
  CreateDBSnapshotMessage,
  CreateDBSnapshotResult,
  DBSnapshot,
  DBSnapshotMessage,
  DeleteDBSnapshotMessage,
  DeleteDBSnapshotResult,
  DescribeDBSnapshotsMessage,
} from '@aws-sdk/client-rds';
import { arn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import type { Provisions } from '../deploy/provision.ts';

/** AWS gives no number: minutes, by what has changed since the last one. */
const snapshotMs = 20_000;

/** Manual snapshots for each account and region (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html). */
const quota = 100;

interface Snapshot {
  readonly id: string;
  readonly instance: string;
  readonly createdAt: number;
  readonly tags: { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
  status: 'creating' | 'available';
}

/**
 * RDS as far as a release needs it: which instances there are, and their snapshots, without the data in them
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateSnapshot.html).
 */
export class Rds {
  readonly #clock: Clock;
  readonly #instances = new Set<string>();
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  snapshots(): readonly Pick<Snapshot, 'id' | 'instance' | 'status'>[] {
    return [...this.#snapshots.values()];
  }

  operations(): Operations {
    return {
      CreateDBSnapshot: (input: CreateDBSnapshotMessage): CreateDBSnapshotResult => ({
        DBSnapshot: this.#create(input),
      }),
      DescribeDBSnapshots: (input: DescribeDBSnapshotsMessage): DBSnapshotMessage => ({
        DBSnapshots: this.#find(input).map(describe),
      }),
      DeleteDBSnapshot: ({ DBSnapshotIdentifier = '' }: DeleteDBSnapshotMessage): DeleteDBSnapshotResult => {
        const snapshot = this.#existing(DBSnapshotIdentifier);
        if (snapshot.status !== 'available') {
          throw new ServiceError(
            'InvalidDBSnapshotState',
            `Cannot delete the snapshot ${snapshot.id} because it is not in an available state.`,
          );
        }
        this.#snapshots.delete(snapshot.id);
        return { DBSnapshot: { ...describe(snapshot), Status: 'deleted' } };
      },
    };
  }

  /** The databases as each stage has them, and their instances known here. */
  provisions(databases: Provisions): Provisions {
    return Object.fromEntries(
      Object.entries(databases).map(([type, provision]) => [
        type,
        async (resource) => {
          const provisioned = await provision(resource);
          const name = resource.properties['DBInstanceIdentifier'];
          if (type === 'AWS::RDS::DBInstance') {
            this.#instances.add(typeof name === 'string' ? name : provisioned.ref);
          }
          return provisioned;
        },
      ]),
    );
  }

  /** Names are kept in lower case (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html). */
  #create({ DBSnapshotIdentifier = '', DBInstanceIdentifier = '', Tags = [] }: CreateDBSnapshotMessage): DBSnapshot {
    const id = DBSnapshotIdentifier.toLowerCase();
    if (!/^[a-z](-?[a-z0-9])*$/.test(id) || id.length > 255) {
      throw new ServiceError('InvalidParameterValue', `Invalid snapshot identifier: ${DBSnapshotIdentifier}`);
    }
    if (!this.#instances.has(DBInstanceIdentifier)) {
      throw new ServiceError('DBInstanceNotFound', `DBInstance ${DBInstanceIdentifier} not found.`, 404);
    }
    if (this.#snapshots.has(id)) {
      throw new ServiceError(
        'DBSnapshotAlreadyExists',
        `Cannot create the snapshot because one with the identifier ${id} already exists.`,
      );
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

  #find({ DBSnapshotIdentifier, DBInstanceIdentifier }: DescribeDBSnapshotsMessage): Snapshot[] {
    if (DBSnapshotIdentifier !== undefined) return [this.#existing(DBSnapshotIdentifier)];
    return [...this.#snapshots.values()].filter(
      ({ instance }) => DBInstanceIdentifier === undefined || instance === DBInstanceIdentifier,
    );
  }

  #existing(id: string): Snapshot {
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
