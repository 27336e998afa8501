import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import {
  type DBInstance,
  type DBSnapshot,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { Names, ServiceView, Step, View } from './plan.ts';
import { DatabaseUser } from './service.ts';

export interface Place {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The account in which a database is restored. */
export class RestoreAccount {
  readonly #rds: RDSClient;
  readonly #users: readonly DatabaseUser[];

  /** @param services those of the cluster that have their data in the database */
  constructor(place: Place, cluster: string, services: readonly string[]) {
    this.#rds = new RDSClient(place);
    const clients = { ecs: new ECSClient(place), scaling: new ApplicationAutoScalingClient(place) };
    this.#users = services.map((name) => new DatabaseUser(clients, cluster, name));
  }

  async look(names: Names, snapshot: string): Promise<View> {
    return {
      snapshot: await this.#snapshot(snapshot),
      live: await this.#instance(names.live),
      restored: await this.#instance(names.restored),
      aside: await this.#instance(names.aside),
      services: (await Promise.all(this.#users.map((user) => user.look()))).filter((user) => user !== null),
    };
  }

  async act(step: Step, names: Names, snapshot: string): Promise<void> {
    switch (step.do) {
      case 'restore':
        return this.#restore(step.like, names.restored, snapshot);
      case 'configure':
        return this.#modify(names.restored, {
          BackupRetentionPeriod: step.like.BackupRetentionPeriod,
          MaxAllocatedStorage: step.like.MaxAllocatedStorage,
        });
      case 'rename':
        return this.#modify(step.from, { NewDBInstanceIdentifier: step.to });
      case 'suspend scaling':
      case 'resume scaling':
        return this.#each(step.services, (user) => user.suspendScaling(step.do === 'suspend scaling'));
      case 'stop':
        return this.#each(step.services, (user) => user.count(0));
      case 'start':
        return this.#each(step.services, (user, { minimum }) => user.count(minimum));
      case 'wait':
      case 'nothing':
      default:
        return undefined;
    }
  }

  async #snapshot(id: string): Promise<DBSnapshot> {
    const { DBSnapshots } = await this.#rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }));
    const [found] = DBSnapshots ?? [];
    if (found === undefined) throw new Error(`There is no snapshot ${id}.`);
    return found;
  }

  async #instance(id: string): Promise<DBInstance | null> {
    try {
      const { DBInstances } = await this.#rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
      return DBInstances?.[0] ?? null;
    } catch (error) {
      if (error instanceof Error && error.name.startsWith('DBInstanceNotFound')) return null;
      throw error;
    }
  }

  /**
   * Network, parameters and protection have to be named, or RDS gives the default ones
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html).
   */
  async #restore(like: DBInstance, id: string, snapshot: string): Promise<void> {
    await this.#rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: id,
        DBSnapshotIdentifier: snapshot,
        DBInstanceClass: like.DBInstanceClass,
        DBSubnetGroupName: like.DBSubnetGroup?.DBSubnetGroupName,
        VpcSecurityGroupIds: like.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId ?? ''),
        DBParameterGroupName: like.DBParameterGroups?.[0]?.DBParameterGroupName,
        MultiAZ: like.MultiAZ,
        StorageType: like.StorageType,
        PubliclyAccessible: false,
        AutoMinorVersionUpgrade: like.AutoMinorVersionUpgrade,
        CopyTagsToSnapshot: like.CopyTagsToSnapshot,
        DeletionProtection: like.DeletionProtection,
        EnableIAMDatabaseAuthentication: like.IAMDatabaseAuthenticationEnabled,
        EnableCloudwatchLogsExports: like.EnabledCloudwatchLogsExports,
        ...(like.MasterUserSecret && { ManageMasterUserPassword: true }),
        // Those of CloudFormation cannot be given by anybody else.
        Tags: like.TagList?.filter(({ Key }) => Key?.startsWith('aws:') === false),
      }),
    );
  }

  async #modify(
    DBInstanceIdentifier: string,
    change: Omit<ConstructorParameters<typeof ModifyDBInstanceCommand>[0], 'DBInstanceIdentifier'>,
  ): Promise<void> {
    await this.#rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, ApplyImmediately: true, ...change }));
  }

  async #each(services: readonly ServiceView[], act: (user: DatabaseUser, view: ServiceView) => Promise<void>) {
    const pairs = services.flatMap((view) =>
      this.#users.filter(({ name }) => name === view.name).map((user) => ({ user, view })),
    );
    await Promise.all(pairs.map(({ user, view }) => act(user, view)));
  }
}
