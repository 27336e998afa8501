import type { Clock } from '../clock/clock.ts';
import type { TargetAddress } from '../elb/target-group.ts';
import type { Service } from './service.ts';
import type { TargetGroups } from './target-groups.ts';
import type { Task } from './task.ts';
import type { TaskListener, TaskRunner } from './task-runner.ts';
import { pauseBeforeReplacement, type TaskSet } from './task-set.ts';

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly runner: TaskRunner;
  readonly targetGroups: TargetGroups;
  /** Makes a task of the task set, not started yet. */
  readonly createTask: (service: Service, set: TaskSet) => Task;
  readonly eventId: () => string;
}

/**
 * Keeps each task set of each service at its desired count: starts and replaces tasks, registers them with
 * their target group while they run, and kills those that fail its health checks after the grace period
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html).
 */
export class ServiceScheduler {
  readonly #options: SchedulerOptions;
  readonly #services: () => readonly Service[];
  readonly #outOfGrace = new WeakSet<Task>();

  constructor(options: SchedulerOptions, services: () => readonly Service[]) {
    this.#options = options;
    this.#services = services;
    options.targetGroups.onHealthChange((targetGroup, address) => this.#healthChanged(targetGroup, address));
  }

  /** Brings the number of tasks to what it should be. */
  reconcile(service: Service): void {
    for (const set of service.taskSets) {
      const wanted = set.computedDesiredCount(service.desiredCount);
      const { live } = set;
      for (const task of live.slice(wanted)) {
        this.#options.runner.stop(
          task,
          'ServiceSchedulerInitiated',
          `Scaling activity initiated by (deployment ${set.id})`,
        );
      }
      if (set.throttled) continue;
      for (let missing = wanted - live.length; missing > 0; missing -= 1) this.#startTask(service, set);
    }
  }

  #startTask(service: Service, set: TaskSet): void {
    const task = this.#options.createTask(service, set);
    set.tasks.push(task);
    this.#options.runner.start(task, this.#listener(service, set));
    this.#tell(service, `has started 1 tasks: (task ${task.id}).`);
  }

  #listener(service: Service, set: TaskSet): TaskListener {
    const { clock, targetGroups } = this.#options;
    const group = set.input.targetGroup;
    return {
      running: (task) => {
        const address = set.addressOf(task);
        if (address !== null) targetGroups.register(group, address);
        clock.afterReal(service.healthCheckGracePeriodSeconds * 1000, () => {
          this.#outOfGrace.add(task);
          this.#replaceIfUnhealthy(service, set, task);
        });
      },
      deactivate: (task) => {
        const address = set.addressOf(task);
        if (address === null || targetGroups.status(group, address) === undefined) return 0;
        targetGroups.deregister(group, address);
        return targetGroups.deregistrationDelaySeconds(group) * 1000;
      },
      stopped: (task) => {
        set.tasks.splice(set.tasks.indexOf(task), 1);
        if (task.stopCode === 'EssentialContainerExited' || task.stopCode === 'TaskFailedToStart') {
          this.#pause(service, set, task);
        }
        if (set.status === 'DRAINING' && set.tasks.length === 0) {
          service.taskSets.splice(service.taskSets.indexOf(set), 1);
        }
        this.reconcile(service);
      },
    };
  }

  #pause(service: Service, set: TaskSet, ended: Task): void {
    set.failures = ended.startedAt === null ? set.failures + 1 : 0;
    if (set.failures > 1) this.#tell(service, 'is unable to consistently start tasks successfully.');
    set.throttled = true;
    this.#options.clock.afterReal(pauseBeforeReplacement(set.failures), () => {
      set.throttled = false;
      this.reconcile(service);
    });
  }

  #healthChanged(targetGroup: string, address: TargetAddress): void {
    for (const service of this.#services()) {
      for (const set of service.taskSets.filter(({ input }) => input.targetGroup === targetGroup)) {
        const task = set.live.find(({ ip }) => ip === address.ip);
        if (task !== undefined && this.#outOfGrace.has(task)) this.#replaceIfUnhealthy(service, set, task);
      }
    }
  }

  #replaceIfUnhealthy(service: Service, set: TaskSet, task: Task): void {
    const address = set.addressOf(task);
    const group = set.input.targetGroup;
    if (!task.isLive || address === null) return;
    if (this.#options.targetGroups.status(group, address) !== 'unhealthy') return;
    this.#tell(service, `(port ${address.port}) is unhealthy in (target-group ${group}) (task ${task.id}).`);
    this.#options.runner.stop(
      task,
      'ServiceSchedulerInitiated',
      `Task failed ELB health checks in (target-group ${group})`,
    );
    this.reconcile(service);
  }

  #tell(service: Service, message: string): void {
    service.tell(message, this.#options.eventId(), this.#options.clock.now());
  }
}
