import type {
  NetworkConfiguration,
  RegisterTaskDefinitionCommandInput,
  Tag,
  TaskOverride,
  TaskStopCode,
} from '@aws-sdk/client-ecs';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { ecsArn, Identifiers, type Place, shortName } from './names.ts';
import { ServiceScheduler } from './scheduler.ts';
import { checkTaskSet, Service } from './service.ts';
import type { TargetGroups } from './target-groups.ts';
import { Task } from './task.ts';
import { type Revision, TaskDefinitions } from './task-definitions.ts';
import { TaskRunner, type TaskRunnerOptions } from './task-runner.ts';
import { isSteady, TaskSet, type TaskSetInput } from './task-set.ts';

export interface EcsOptions extends TaskRunnerOptions, Place {
  readonly clock: Clock;
  readonly targetGroups: TargetGroups;
}

export interface NewService {
  readonly cluster: string;
  readonly name: string;
  /** Family, `family:revision` or ARN. */
  readonly taskDefinition: string;
  readonly desiredCount: number;
  readonly healthCheckGracePeriodSeconds: number;
  readonly platformVersion: string;
  readonly network: NetworkConfiguration | undefined;
  readonly role: string | undefined;
  readonly loadBalancer: {
    readonly targetGroup: string;
    readonly containerName: string;
    readonly containerPort: number;
  };
}

export interface NewTask {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly startedBy: string | undefined;
  readonly overrides: TaskOverride | undefined;
  readonly network: NetworkConfiguration | undefined;
  readonly platformVersion: string | undefined;
  readonly tags: readonly Tag[];
}

/** Stopped tasks can be described for at least an hour (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html). */
const stoppedTasksAreShownMs = 3_600_000;

/** Clusters, task definitions, tasks, and services with the deployment controller CODE_DEPLOY. */
export class Ecs {
  readonly definitions: TaskDefinitions;
  readonly #options: EcsOptions;
  readonly #identifiers = new Identifiers();
  readonly #runner: TaskRunner;
  readonly #scheduler: ServiceScheduler;
  readonly #clusters = new Map<string, string>();
  readonly #enhanced = new Set<string>();
  readonly #services: Service[] = [];
  #tasks: Task[] = [];

  constructor(options: EcsOptions) {
    this.#options = options;
    this.definitions = new TaskDefinitions(options);
    this.#runner = new TaskRunner(options);
    this.#scheduler = new ServiceScheduler(
      {
        clock: options.clock,
        runner: this.#runner,
        targetGroups: options.targetGroups,
        createTask: (service, set) => this.#serviceTask(service, set),
        eventId: () => this.#identifiers.next('event'),
      },
      () => this.#services,
    );
  }

  get now(): number {
    return this.#options.clock.now();
  }

  /** @param enhanced whether its Container Insights are */
  createCluster(name: string, enhanced = false): string {
    const arn = ecsArn(this.#options, `cluster/${name}`);
    this.#clusters.set(name, arn);
    if (enhanced) this.#enhanced.add(arn);
    return arn;
  }

  isEnhanced(clusterArn: string): boolean {
    return this.#enhanced.has(clusterArn);
  }

  clusters(): readonly string[] {
    return [...this.#clusters.values()];
  }

  /** @throws ClusterNotFoundException */
  clusterArn(nameOrArn = 'default'): string {
    const arn = this.#clusters.get(shortName(nameOrArn));
    if (arn === undefined) throw new ServiceError('ClusterNotFoundException', `Cluster not found: ${nameOrArn}.`);
    return arn;
  }

  register(input: RegisterTaskDefinitionCommandInput): Revision {
    return this.definitions.register(input, this.now);
  }

  /** Makes the service and its first task set, which is PRIMARY at once. */
  createService(input: NewService): Service {
    const clusterArn = this.clusterArn(input.cluster);
    if (this.service(clusterArn, input.name) !== undefined) {
      throw new ServiceError('InvalidParameterException', `Creation of service ${input.name} was not idempotent.`);
    }
    const { targetGroup } = input.loadBalancer;
    if (!this.#options.targetGroups.isUsed(targetGroup)) {
      throw new ServiceError(
        'InvalidParameterException',
        `The target group with targetGroupArn ${targetGroup} does not have an associated load balancer.`,
      );
    }
    const arn = ecsArn(this.#options, `service/${shortName(clusterArn)}/${input.name}`);
    const service = new Service(
      { ...input, arn, clusterArn, createdAt: this.now },
      input.desiredCount,
      input.healthCheckGracePeriodSeconds,
    );
    const revision = this.definitions.usable(input.taskDefinition);
    const { network, platformVersion } = input;
    const set = this.#newTaskSet(service, {
      ...input.loadBalancer,
      revision,
      network,
      platformVersion,
      externalId: null,
    });
    set.status = 'PRIMARY';
    this.#services.push(service);
    this.#scheduler.reconcile(service);
    return service;
  }

  services(): readonly Service[] {
    return this.#services;
  }

  /** Cluster and service by name or ARN. */
  service(cluster: string, nameOrArn: string): Service | undefined {
    return this.#services.find(
      ({ input }) => shortName(input.clusterArn) === shortName(cluster) && input.name === shortName(nameOrArn),
    );
  }

  updateService(service: Service, change: { desiredCount?: number; healthCheckGracePeriodSeconds?: number }): void {
    service.desiredCount = change.desiredCount ?? service.desiredCount;
    service.healthCheckGracePeriodSeconds =
      change.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds;
    this.#scheduler.reconcile(service);
  }

  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html */
  createTaskSet(service: Service, input: TaskSetInput): TaskSet {
    const set = this.#newTaskSet(service, input);
    this.#scheduler.reconcile(service);
    return set;
  }

  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateServicePrimaryTaskSet.html */
  setPrimary(service: Service, set: TaskSet): void {
    for (const each of service.taskSets) {
      if (each.status === 'PRIMARY') each.status = 'ACTIVE';
    }
    set.status = 'PRIMARY';
    set.updatedAt = this.now;
  }

  /** The task set is DRAINING until its last task has stopped, and then gone. */
  deleteTaskSet(service: Service, set: TaskSet): void {
    set.status = 'DRAINING';
    set.updatedAt = this.now;
    if (set.tasks.length === 0) service.taskSets.splice(service.taskSets.indexOf(set), 1);
    this.#scheduler.reconcile(service);
  }

  isSteady(service: Service, set: TaskSet): boolean {
    const { targetGroups } = this.#options;
    return isSteady(set, service.desiredCount, (address) => targetGroups.status(set.input.targetGroup, address));
  }

  runTask(input: NewTask): Task {
    const revision = this.definitions.usable(input.taskDefinition);
    const task = this.#newTask({
      ...input,
      revision,
      clusterArn: this.clusterArn(input.cluster),
      group: `family:${revision.family}`,
    });
    this.#runner.start(task);
    return task;
  }

  stopTask(task: Task, stopCode: TaskStopCode, reason: string): void {
    this.#runner.stop(task, stopCode, reason);
    for (const service of this.#services) this.#scheduler.reconcile(service);
  }

  /** Tasks that are not stopped, or have not been for long. */
  tasks(): readonly Task[] {
    const oldest = this.now - stoppedTasksAreShownMs;
    this.#tasks = this.#tasks.filter(({ stoppedAt }) => stoppedAt === null || stoppedAt >= oldest);
    return this.#tasks;
  }

  #newTaskSet(service: Service, input: TaskSetInput): TaskSet {
    checkTaskSet(input, this.definitions);
    const id = this.#identifiers.taskSet();
    const arn = ecsArn(this.#options, `task-set/${shortName(service.input.clusterArn)}/${service.name}/${id}`);
    const set = new TaskSet(input, id, arn, this.now);
    service.taskSets.push(set);
    return set;
  }

  #serviceTask(service: Service, set: TaskSet): Task {
    return this.#newTask({
      clusterArn: service.input.clusterArn,
      revision: set.input.revision,
      group: `service:${service.name}`,
      startedBy: set.id,
      network: set.input.network,
      platformVersion: set.input.platformVersion,
    });
  }

  #newTask(input: Omit<Task['input'], 'arn' | 'createdAt'>): Task {
    const arn = ecsArn(this.#options, `task/${shortName(input.clusterArn)}/${this.#identifiers.next('task')}`);
    const task = new Task({ ...input, arn, createdAt: this.now });
    this.#tasks.push(task);
    return task;
  }
}
