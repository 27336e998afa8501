/** What ECS asks a runtime to run: one task with one essential container. */
export interface TaskSpec {
  readonly taskArn: string;
  /** `repository-uri@sha256:…`, `repository-uri:tag`, or a public image's name. */
  readonly image: string;
  /** Replaces the image's own command where given. */
  readonly command?: readonly string[];
  /** Plain environment and resolved secrets together. */
  readonly environment: Readonly<Record<string, string>>;
  readonly privateIp: string;
  readonly containerPort?: number;
  readonly stopTimeoutSeconds: number;
}

export interface TaskEvents {
  /** The container has started: the task is RUNNING. */
  running(): void;
  /** The container has ended, by itself or after `stop`. Called exactly once, `running` or not. */
  exited(exit: { readonly code: number | null; readonly reason: string }): void;
  /** One line of the container's standard output or error. */
  log(line: string): void;
}

/** In percent of what the task may use. */
export interface Usage {
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

export interface RunningTask {
  /** SIGTERM, then SIGKILL after the spec's stop time-out. `exited` tells when it is over. */
  stop(): void;
  /** What the task uses of its CPU and memory; a runtime that does not know leaves it out. */
  usage?(): Usage | undefined;
}

/** Runs containers: as real processes, or simulated in virtual time. */
export interface TaskRuntime {
  /** @throws when the image cannot be pulled (the task then stops with CannotPullContainerError). */
  start(spec: TaskSpec, events: TaskEvents): Promise<RunningTask>;
}
