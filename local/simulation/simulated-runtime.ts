import type { Clock, Timer } from '../clock/clock.ts';
import type { RunningTask, TaskEvents, TaskRuntime, TaskSpec, Usage } from '../compute/runtime.ts';
import {
  type Invocation,
  routeFits,
  type SimulatedAnswer,
  type SimulatedCommand,
  type SimulatedImage,
} from './simulated-image.ts';

/** Gives what an image does; undefined when the registry has no such image. */
export type ImageCatalog = (image: string) => SimulatedImage | undefined;

/** Pulling and starting a container. */
const startMs = 1000;
const shutdownMs = 500;

/** Runs tasks without processes, on the stage's clock. */
export class SimulatedRuntime implements TaskRuntime {
  readonly #clock: Clock;
  readonly #images: ImageCatalog;
  readonly #tasks = new Map<string, SimulatedTask>();

  constructor(clock: Clock, images: ImageCatalog) {
    this.#clock = clock;
    this.#images = images;
  }

  start(spec: TaskSpec, events: TaskEvents): Promise<RunningTask> {
    const image = this.#images(spec.image);
    if (image === undefined) return Promise.reject(new Error(`${spec.image}: not found`));
    const task = new SimulatedTask(spec, image, this.#clock, {
      running: () => events.running(),
      log: (line) => events.log(line),
      exited: (exit) => {
        this.#tasks.delete(spec.taskArn);
        events.exited(exit);
      },
    });
    this.#tasks.set(spec.taskArn, task);
    task.run();
    return Promise.resolve(task);
  }

  /** The task that has the address; undefined when there is none. */
  at(ip: string, port: number): SimulatedTask | undefined {
    return this.tasks().find(({ spec }) => spec.privateIp === ip && spec.containerPort === port);
  }

  /** Tasks that have not ended. */
  tasks(): readonly SimulatedTask[] {
    return [...this.#tasks.values()];
  }
}

/** A container that runs, or is about to. */
export class SimulatedTask implements RunningTask {
  readonly spec: TaskSpec;
  readonly #image: SimulatedImage;
  readonly #clock: Clock;
  readonly #events: TaskEvents;
  readonly #timers: Timer[] = [];
  readonly #startedAt: number;
  #answers = false;
  #suits: () => boolean = () => true;
  #ended = false;
  #usersAnswered = 0;

  constructor(spec: TaskSpec, image: SimulatedImage, clock: Clock, events: TaskEvents) {
    this.spec = spec;
    this.#image = image;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#events = events;
  }

  run(): void {
    this.#after(startMs, () => {
      this.#events.running();
      const command = this.#oneOff();
      if (command === undefined) this.#serve();
      else this.#execute(command);
    });
  }

  usage(): Usage {
    return this.#image.usage((this.#clock.now() - this.#startedAt) / 60_000);
  }

  /** Exit code 143 is 128 + SIGTERM: the images end on it, as ours do. */
  stop(): void {
    this.#after(shutdownMs, () => this.#exit(143));
  }

  /** The answer to one request; null while nothing listens. `byUser` says that it counts for `late`. */
  answer(path: string, byUser: boolean): SimulatedAnswer | null {
    if (!this.#answers) return null;
    const { health, pages, late, otherwise } = this.#image;
    const ofHealth = health.find((each) => routeFits(each.path, path));
    if (ofHealth !== undefined) return ofHealth;
    if (!this.#suits()) return { status: 500, body: 'Internal Server Error' };
    if (late !== undefined && this.#usersAnswered >= late.goodRequests) return late.bad;
    if (byUser) this.#usersAnswered += 1;
    return pages.find((each) => routeFits(each.path, path)) ?? otherwise;
  }

  #serve(): void {
    const { bootSeconds, exit, suits } = this.#image;
    this.#after(bootSeconds * 1000, () => {
      this.#suits = suits?.(this.spec.environment) ?? this.#suits;
      this.#answers = true;
    });
    if (exit !== undefined) this.#after(exit.afterSeconds * 1000, () => this.#exit(exit.code));
  }

  #oneOff(): SimulatedCommand | undefined {
    const { command } = this.spec;
    return command && this.#image.commands.find(({ words }) => words.every((word) => command.includes(word)));
  }

  #execute({ seconds, begin, run }: SimulatedCommand): void {
    const { command = [], environment } = this.spec;
    const invocation: Invocation = { command, environment, alive: () => !this.#ended };
    const lasts = typeof seconds === 'number' ? seconds : seconds(invocation);
    begin?.(invocation);
    this.#after(lasts * 1000, () => {
      const { exitCode, output } = run(invocation);
      for (const line of output) this.#events.log(line);
      this.#exit(exitCode);
    });
  }

  #exit(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#answers = false;
    for (const timer of this.#timers) timer.cancel();
    this.#events.exited({ code, reason: '' });
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(this.#clock.afterReal(ms, action));
  }
}
