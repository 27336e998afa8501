import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  type DBInstance,
  type DBSnapshot,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { Names, Step, View } from './plan.ts';

export interface Place {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Service {
  readonly cluster: string;
  readonly name: string;
}

/** The account in which a database is restored. */
export class RestoreAccount {
  readonly #rds: RDSClient;
  readonly #ecs: ECSClient;
  readonly #scaling: ApplicationAutoScalingClient;
  readonly #service: Service;

  constructor(place: Place, service: Service) {
    this.#rds = new RDSClient(place);
    this.#ecs = new ECSClient(place);
    this.#scaling = new ApplicationAutoScalingClient(place);
    this.#service = service;
  }

  async look(names: Names, snapshot: string): Promise<View> {
    return {
      snapshot: await this.#snapshot(snapshot),
      live: await this.#instance(names.live),
      restored: await this.#instance(names.restored),
      aside: await this.#instance(names.aside),
      service: await this.#serviceView(),
    };
  }

  async act(step: Step, { service }: View, names: Names, snapshot: string): Promise<void> {
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
        return this.#scale(true);
      case 'resume scaling':
        return this.#scale(false);
      case 'stop the service':
        return this.#count(0);
      case 'start the service':
        return this.#count(service.minimum);
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

  get #target() {
    const { cluster, name } = this.#service;
    return {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: `service/${cluster}/${name}`,
    } as const;
  }

  async #serviceView(): Promise<View['service']> {
    const { cluster, name } = this.#service;
    const { services } = await this.#ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
    const [service] = services ?? [];
    if (service === undefined) throw new Error(`The cluster ${cluster} has no service ${name}.`);
    const { ServiceNamespace, ScalableDimension, ResourceId } = this.#target;
    const { ScalableTargets } = await this.#scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace, ScalableDimension, ResourceIds: [ResourceId] }),
    );
    const [target] = ScalableTargets ?? [];
    if (target === undefined)
      throw new Error(`Autoscaling does not know ${ResourceId}: with how many tasks would it start?`);
    return {
      desired: service.desiredCount ?? 0,
      running: service.runningCount ?? 0,
      minimum: target.MinCapacity ?? 1,
      scalingSuspended: target.SuspendedState?.DynamicScalingOutSuspended === true,
    };
  }

  async #scale(suspended: boolean): Promise<void> {
    await this.#scaling.send(
      new RegisterScalableTargetCommand({
        ...this.#target,
        SuspendedState: {
          DynamicScalingInSuspended: suspended,
          DynamicScalingOutSuspended: suspended,
          ScheduledScalingSuspended: suspended,
        },
      }),
    );
  }

  async #count(desiredCount: number): Promise<void> {
    const { cluster, name } = this.#service;
    await this.#ecs.send(new UpdateServiceCommand({ cluster, service: name, desiredCount }));
  }
}
