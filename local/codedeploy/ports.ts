import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { AlarmState } from '../cloudwatch/alarm-evaluation.ts';

export interface ServiceRef {
  readonly cluster: string;
  readonly service: string;
}

export interface TaskSetView {
  readonly id: string;
  readonly taskDefinition: string;
  readonly targetGroup: string;
  readonly status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  /** ECS calls it STEADY_STATE: as many tasks run as should, and the load balancer finds all of them healthy. */
  readonly steady: boolean;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
}

export interface NewTaskSet {
  readonly taskDefinition: string;
  readonly targetGroup: string;
  readonly container: string;
  readonly port: number;
  /** Null keeps the service's own. */
  readonly networkConfiguration: NetworkConfiguration | null;
  readonly platformVersion: string | null;
  readonly externalId: string;
}

/** ECS as CodeDeploy uses it. */
export interface TaskSets {
  /** The service's task sets; null where there is no such service. */
  list(service: ServiceRef): readonly TaskSetView[] | null;
  /**
   * @returns the id of a task set at 100 % of the service's desired count
   * @throws ServiceError what ECS refuses, such as an inactive task definition
   */
  create(service: ServiceRef, taskSet: NewTaskSet): string;
  makePrimary(service: ServiceRef, id: string): void;
  /** Deregisters the tasks, lets them drain, and stops them. */
  delete(service: ServiceRef, id: string): void;
}

export interface Weight {
  readonly targetGroup: string;
  readonly weight: number;
}

/** The load balancer as CodeDeploy uses it. */
export interface Routes {
  /** Rewrites every rule of the listener that forwards to one of the pair; the others stay. */
  route(listener: string, weights: readonly [Weight, Weight]): void;
  /** Whether a rule of the listener forwards to the target group, even if at weight 0. */
  forwards(listener: string, targetGroup: string): boolean;
  /** Share of the listener's traffic that the target group gets, in percent. */
  percent(listener: string, targetGroup: string): number;
  targetGroupByName(name: string): string;
}

export interface Alarms {
  /** Undefined where CloudWatch has no such alarm. */
  state(name: string): AlarmState | undefined;
}

export interface CodeDeployPorts {
  readonly taskSets: TaskSets;
  readonly routes: Routes;
  readonly alarms: Alarms;
}
