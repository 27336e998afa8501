import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { ServiceView } from './plan.ts';

export interface Clients {
  readonly ecs: ECSClient;
  readonly scaling: ApplicationAutoScalingClient;
}

/** One service that has its data in the database: stopped for the renames, and started after them. */
export class DatabaseUser {
  readonly #clients: Clients;
  readonly #cluster: string;
  readonly name: string;

  constructor(clients: Clients, cluster: string, name: string) {
    this.#clients = clients;
    this.#cluster = cluster;
    this.name = name;
  }

  get #target() {
    return {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: `service/${this.#cluster}/${this.name}`,
    } as const;
  }

  /** @returns null for a service that is configured and not deployed: nothing of it runs */
  async look(): Promise<ServiceView | null> {
    const { services } = await this.#clients.ecs.send(
      new DescribeServicesCommand({ cluster: this.#cluster, services: [this.name] }),
    );
    const service = services?.find(({ status }) => status !== 'INACTIVE');
    if (service === undefined) return null;
    const { ServiceNamespace, ScalableDimension, ResourceId } = this.#target;
    const { ScalableTargets } = await this.#clients.scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace, ScalableDimension, ResourceIds: [ResourceId] }),
    );
    const [target] = ScalableTargets ?? [];
    if (target === undefined)
      throw new Error(`Autoscaling does not know ${ResourceId}: with how many tasks would it start?`);
    return {
      name: this.name,
      desired: service.desiredCount ?? 0,
      running: service.runningCount ?? 0,
      minimum: target.MinCapacity ?? 1,
      scalingSuspended: target.SuspendedState?.DynamicScalingOutSuspended === true,
    };
  }

  async suspendScaling(suspended: boolean): Promise<void> {
    await this.#clients.scaling.send(
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

  async count(desiredCount: number): Promise<void> {
    await this.#clients.ecs.send(
      new UpdateServiceCommand({ cluster: this.#cluster, service: this.name, desiredCount }),
    );
  }
}
