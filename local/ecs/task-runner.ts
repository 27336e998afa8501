import type { TaskStopCode } from '@aws-sdk/client-ecs';
import type { Clock } from '../clock/clock.ts';
import type { TaskRuntime, TaskSpec } from '../compute/runtime.ts';
import type { AddressPool } from './address-pool.ts';
import { type ReadSecret, resolveSecret } from './secrets.ts';
import type { Task } from './task.ts';

/** Takes one line of a container's output. */
export type LogSink = (logGroup: string, stream: string, line: string) => void;

export interface TaskRunnerOptions {
  readonly clock: Clock;
  readonly runtime: TaskRuntime;
  readonly addresses: Pick<AddressPool, 'allocate' | 'release'>;
  readonly readSecret: ReadSecret;
  readonly log: LogSink;
}

/** What a service does when one of its tasks comes and goes. */
export interface TaskListener {
  running(task: Task): void;
  /**
   * Takes the task out of its target group; returns how long it drains, in milliseconds. ECS "waits for the load
   * balancer to report that the keep alive connection is closed (the target is in an UNUSED state)"
   * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html).
   */
  deactivate(task: Task): number;
  stopped(task: Task): void;
}

/** Attaching and detaching the network interface; the documentation gives no number. */
const provisioningMs = 1000;
const deprovisioningMs = 500;
/** Fargate's default (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_timeout). */
const defaultStopTimeoutSeconds = 30;

/**
 * Walks tasks through their lifecycle, PROVISIONING to STOPPED
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html), with reasons
 * and stop codes of
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #listeners = new Map<Task, TaskListener>();

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  start(task: Task, listener?: TaskListener): void {
    if (listener !== undefined) this.#listeners.set(task, listener);
    this.#options.clock.afterReal(provisioningMs, () => this.#launch(task));
  }

  /** Asks a task to stop; what already stops is left to it. */
  stop(task: Task, stopCode: TaskStopCode, reason: string): void {
    if (!task.isLive) return;
    this.#markStopping(task, stopCode, reason);
    // A task that is being provisioned sees this when that is done.
    if (task.lastStatus === 'PROVISIONING') return;
    const drains = this.#listeners.get(task)?.deactivate(task) ?? 0;
    if (drains === 0) {
      this.#terminate(task);
      return;
    }
    task.lastStatus = 'DEACTIVATING';
    this.#options.clock.afterReal(drains, () => {
      if (task.lastStatus === 'DEACTIVATING') this.#terminate(task);
    });
  }

  #terminate(task: Task): void {
    task.lastStatus = 'STOPPING';
    task.running?.stop();
  }

  async #launch(task: Task): Promise<void> {
    if (!task.isLive) {
      this.#deprovision(task);
      return;
    }
    task.ip = this.#options.addresses.allocate();
    task.lastStatus = 'PENDING';
    const environment = await this.#environment(task).catch((error: unknown) => {
      this.#failToStart(task, `ResourceInitializationError: unable to pull secrets or registry auth: ${text(error)}`);
    });
    if (environment === undefined) return;
    if (!task.isLive) {
      this.#deprovision(task);
      return;
    }
    const spec = this.#spec(task, environment, task.ip);
    try {
      task.running = await this.#options.runtime.start(spec, {
        running: () => this.#running(task),
        exited: ({ code, reason }) => this.#exited(task, code, reason),
        log: (line) => this.#log(task, line),
      });
    } catch (error) {
      this.#failToStart(task, `CannotPullContainerError: ${text(error)}`);
      return;
    }
    // It may have been asked to stop while the image was pulled.
    if (!task.isLive) task.running.stop();
  }

  #spec(task: Task, environment: Readonly<Record<string, string>>, privateIp: string): TaskSpec {
    const { command, containerPort } = task;
    return {
      taskArn: task.arn,
      image: task.container.image ?? '',
      environment,
      privateIp,
      stopTimeoutSeconds: task.container.stopTimeout ?? defaultStopTimeoutSeconds,
      ...(command !== undefined && { command }),
      ...(containerPort !== undefined && { containerPort }),
    };
  }

  /** An override's variables replace those of the task definition. */
  async #environment(task: Task): Promise<Record<string, string>> {
    const pairs = [...(task.container.environment ?? []), ...(task.override?.environment ?? [])];
    const environment = Object.fromEntries(pairs.map(({ name, value }) => [name ?? '', value ?? '']));
    for (const { name, valueFrom } of task.container.secrets ?? []) {
      environment[name ?? ''] = await resolveSecret(valueFrom ?? '', this.#options.readSecret);
    }
    return environment;
  }

  #running(task: Task): void {
    if (task.lastStatus !== 'PENDING') return;
    task.startedAt = this.#options.clock.now();
    task.lastStatus = 'RUNNING';
    this.#listeners.get(task)?.running(task);
  }

  #exited(task: Task, code: number | null, reason: string): void {
    task.exitCode = code;
    task.containerReason = reason === '' ? null : reason;
    if (task.isLive) {
      this.#markStopping(task, 'EssentialContainerExited', 'Essential container in task exited');
      this.#listeners.get(task)?.deactivate(task);
    }
    this.#deprovision(task);
  }

  #failToStart(task: Task, reason: string): void {
    task.containerReason = reason;
    if (task.isLive) this.#markStopping(task, 'TaskFailedToStart', reason);
    this.#deprovision(task);
  }

  #markStopping(task: Task, stopCode: TaskStopCode, reason: string): void {
    task.desiredStatus = 'STOPPED';
    task.stopCode = stopCode;
    task.stoppedReason = reason;
    task.stoppingAt = this.#options.clock.now();
  }

  #deprovision(task: Task): void {
    task.lastStatus = 'DEPROVISIONING';
    this.#options.clock.afterReal(deprovisioningMs, () => {
      task.lastStatus = 'STOPPED';
      task.stoppedAt = this.#options.clock.now();
      if (task.ip !== null) this.#options.addresses.release(task.ip);
      this.#listeners.get(task)?.stopped(task);
      this.#listeners.delete(task);
    });
  }

  /** Streams are named `prefix/container/task-id` (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html). */
  #log(task: Task, line: string): void {
    const { logDriver, options = {} } = task.container.logConfiguration ?? {};
    const group = options['awslogs-group'];
    if (logDriver !== 'awslogs' || group === undefined) return;
    this.#options.log(group, `${options['awslogs-stream-prefix']}/${task.container.name}/${task.id}`, line);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
