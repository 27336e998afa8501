import type {
  CreateDBSnapshotMessage,
  CreateDBSnapshotResult,
  DBInstance,
  DBInstanceMessage,
  DBSnapshotMessage,
  DeleteDBSnapshotMessage,
  DeleteDBSnapshotResult,
  DescribeDBInstancesMessage,
  DescribeDBSnapshotsMessage,
  ModifyDBInstanceMessage,
  ModifyDBInstanceResult,
  RestoreDBInstanceFromDBSnapshotMessage,
  RestoreDBInstanceFromDBSnapshotResult,
} from '@aws-sdk/client-rds';
import { arn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import type { Provisions, Resource } from '../deploy/provision.ts';
import { Snapshots } from './rds-snapshots.ts';

/** AWS gives no numbers but the third: "the new DNS name becomes effective in about 10 minutes". */
const restoreMs = 600_000;
const modifyMs = 60_000;
const renameMs = 600_000;

/**
 * RDS as far as a release and a restore need it: instances, their names and settings, and snapshots, without the data
 * in them. What the stage's PostgreSQL serves stays the same, whatever its instance is called.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
 */
export class Rds {
  readonly #clock: Clock;
  readonly #instances = new Map<string, DBInstance>();
  readonly #snapshots: Snapshots;
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#snapshots = new Snapshots(clock, (id) => this.#existing(id));
  }

  snapshots(): readonly { readonly id: string; readonly instance: string; readonly status: string }[] {
    return this.#snapshots.all();
  }

  instances(): readonly DBInstance[] {
    return [...this.#instances.values()];
  }

  operations(): Operations {
    return {
      CreateDBSnapshot: (input: CreateDBSnapshotMessage): CreateDBSnapshotResult => ({
        DBSnapshot: this.#snapshots.create(input),
      }),
      DescribeDBSnapshots: (input: DescribeDBSnapshotsMessage): DBSnapshotMessage => ({
        DBSnapshots: this.#snapshots.find(input),
      }),
      DeleteDBSnapshot: ({ DBSnapshotIdentifier = '' }: DeleteDBSnapshotMessage): DeleteDBSnapshotResult => ({
        DBSnapshot: this.#snapshots.delete(DBSnapshotIdentifier),
      }),
      DescribeDBInstances: ({ DBInstanceIdentifier }: DescribeDBInstancesMessage): DBInstanceMessage => ({
        DBInstances:
          DBInstanceIdentifier === undefined ? [...this.instances()] : [this.#existing(DBInstanceIdentifier)],
      }),
      RestoreDBInstanceFromDBSnapshot: (
        input: RestoreDBInstanceFromDBSnapshotMessage,
      ): RestoreDBInstanceFromDBSnapshotResult => ({ DBInstance: this.#restore(input) }),
      ModifyDBInstance: (input: ModifyDBInstanceMessage): ModifyDBInstanceResult => ({
        DBInstance: this.#modify(input),
      }),
    };
  }

  /** The databases as each stage has them, and their instances known here. */
  provisions(databases: Provisions): Provisions {
    return Object.fromEntries(
      Object.entries(databases).map(([type, provision]) => [
        type,
        async (resource) => {
          const provisioned = await provision(resource);
          if (type === 'AWS::RDS::DBInstance') this.#deployed(resource, provisioned.ref);
          return provisioned;
        },
      ]),
    );
  }

  #deployed({ properties }: Resource, ref: string): void {
    const name = properties['DBInstanceIdentifier'];
    const id = typeof name === 'string' ? name : ref;
    const text = (property: string): string => {
      const value = properties[property];
      return typeof value === 'string' ? value : '';
    };
    const groups = [properties['VPCSecurityGroups']].flat().filter((group) => typeof group === 'string');
    this.#put({
      DBInstanceIdentifier: id,
      DBInstanceStatus: 'available',
      DBInstanceClass: text('DBInstanceClass'),
      DBSubnetGroup: { DBSubnetGroupName: text('DBSubnetGroupName') },
      VpcSecurityGroups: groups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
      DBParameterGroups: [{ DBParameterGroupName: text('DBParameterGroupName'), ParameterApplyStatus: 'in-sync' }],
      BackupRetentionPeriod: Number(properties['BackupRetentionPeriod'] ?? 1),
      MaxAllocatedStorage: Number(properties['MaxAllocatedStorage'] ?? 0),
      MultiAZ: String(properties['MultiAZ']) === 'true',
    });
  }

  #put(instance: DBInstance & { readonly DBInstanceIdentifier: string }): DBInstance {
    const id = instance.DBInstanceIdentifier;
    this.#made += 1;
    const made: DBInstance = {
      DbiResourceId: `db-STAGE${this.#made}`,
      ...instance,
      DBInstanceArn: arn('rds', `db:${id}`),
      Endpoint: { Address: `${id}.stage.rds.amazonaws.com`, Port: 5432 },
    };
    this.#instances.set(id, made);
    return made;
  }

  /** Network and parameters that are not named are the default ones. */
  #restore(input: RestoreDBInstanceFromDBSnapshotMessage): DBInstance {
    const { DBInstanceIdentifier = '', DBSnapshotIdentifier = '', DBSubnetGroupName = 'default' } = input;
    this.#refuseTaken(DBInstanceIdentifier);
    if (this.#snapshots.existing(DBSnapshotIdentifier).status !== 'available') {
      throw new ServiceError('InvalidDBSnapshotState', `The snapshot ${DBSnapshotIdentifier} is not available.`);
    }
    const instance = this.#put({
      DBInstanceIdentifier,
      DBInstanceStatus: 'creating',
      DBInstanceClass: input.DBInstanceClass,
      DBSubnetGroup: { DBSubnetGroupName },
      VpcSecurityGroups: (input.VpcSecurityGroupIds ?? ['sg-default']).map((VpcSecurityGroupId) => ({
        VpcSecurityGroupId,
      })),
      DBParameterGroups: [{ DBParameterGroupName: input.DBParameterGroupName ?? 'default.postgres17' }],
      BackupRetentionPeriod: 1,
      MaxAllocatedStorage: 0,
      MultiAZ: input.MultiAZ ?? false,
    });
    this.#later(instance, restoreMs);
    return instance;
  }

  #modify({ DBInstanceIdentifier = '', NewDBInstanceIdentifier, ...change }: ModifyDBInstanceMessage): DBInstance {
    const instance = this.#existing(DBInstanceIdentifier);
    if (instance.DBInstanceStatus !== 'available') {
      throw new ServiceError(
        'InvalidDBInstanceState',
        `Database instance ${DBInstanceIdentifier} is not in available state.`,
      );
    }
    instance.BackupRetentionPeriod = change.BackupRetentionPeriod ?? instance.BackupRetentionPeriod;
    instance.MaxAllocatedStorage = change.MaxAllocatedStorage ?? instance.MaxAllocatedStorage;
    if (NewDBInstanceIdentifier === undefined) {
      instance.DBInstanceStatus = 'modifying';
      this.#later(instance, modifyMs);
      return instance;
    }
    this.#refuseTaken(NewDBInstanceIdentifier);
    // The old name is gone at once.
    this.#instances.delete(DBInstanceIdentifier);
    const renamed = this.#put({
      ...instance,
      DBInstanceIdentifier: NewDBInstanceIdentifier,
      DBInstanceStatus: 'renaming',
    });
    this.#later(renamed, renameMs);
    return renamed;
  }

  #later(instance: DBInstance, ms: number): void {
    this.#clock.after(ms, () => {
      instance.DBInstanceStatus = 'available';
    });
  }

  #refuseTaken(id: string): void {
    if (this.#instances.has(id)) throw new ServiceError('DBInstanceAlreadyExists', `DB instance already exists: ${id}`);
  }

  #existing(id: string): DBInstance {
    const instance = this.#instances.get(id);
    if (instance !== undefined) return instance;
    throw new ServiceError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  }
}
