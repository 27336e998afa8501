import type { Clock, Timer } from '../clock/clock.ts';
import type { RunningTask, TaskEvents, TaskRuntime, TaskSpec } from '../compute/runtime.ts';
import { type Pages, SimulatedApplication } from './application.ts';
import type { Behaviour } from './behaviour.ts';
import type { SimulatedDatabase } from './database.ts';
import type { SimulatedNetwork } from './network.ts';

const containerStartMs = 3_000;
const toolMs = 4_000;
const shutdownMs = 1_000;

export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  readonly network: SimulatedNetwork;
  readonly database: SimulatedDatabase;
  readonly pages: Pages;
  /** The behaviour of an image by its full name; undefined where the registry has no such image. */
  readonly behaviourOf: (image: string) => Behaviour | undefined;
}

/** Runs containers in virtual time: their servers answer on the simulated network, their schema tool at once. */
export class SimulatedRuntime implements TaskRuntime {
  readonly #options: SimulatedRuntimeOptions;
  readonly #running = new Set<string>();

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options;
  }

  /** ARNs of the tasks whose container runs now. */
  running(): readonly string[] {
    return [...this.#running];
  }

  start(spec: TaskSpec, events: TaskEvents): Promise<RunningTask> {
    const behaviour = this.#options.behaviourOf(spec.image);
    if (!behaviour) return Promise.reject(new Error(`${spec.image}: not found`));
    const tool = spec.command?.find((word) => word === 'status' || word === 'up');
    this.#running.add(spec.taskArn);
    return Promise.resolve(
      tool === undefined ? this.#serve(spec, events, behaviour) : this.#runTool(spec, events, behaviour, tool),
    );
  }

  #serve(spec: TaskSpec, events: TaskEvents, behaviour: Behaviour): RunningTask {
    const { clock, network, pages } = this.#options;
    const timers: Timer[] = [];
    const end = this.#ending(spec, events, () => {
      for (const timer of timers) timer.cancel();
      network.detach(spec.privateIp);
    });
    timers.push(
      clock.afterReal(containerStartMs, () => {
        network.attach(spec.privateIp, new SimulatedApplication(clock, behaviour, pages));
        events.running();
        if (behaviour.exitsAfterMs !== null) {
          timers.push(clock.afterReal(behaviour.exitsAfterMs, () => end(1, 'Essential container in task exited')));
        }
      }),
    );
    return { stop: () => void clock.afterReal(shutdownMs, () => end(0, 'stopped')) };
  }

  #runTool(spec: TaskSpec, events: TaskEvents, behaviour: Behaviour, tool: string): RunningTask {
    const { clock, database } = this.#options;
    const end = this.#ending(spec, events, () => undefined);
    clock.afterReal(containerStartMs, () => events.running());
    clock.afterReal(containerStartMs + toolMs, () => {
      events.log(JSON.stringify(tool === 'up' ? database.up(behaviour) : database.status(behaviour)));
      end(0, 'Essential container in task exited');
    });
    return { stop: () => end(143, 'stopped') };
  }

  /** Ends the task once, whoever comes first. */
  #ending(spec: TaskSpec, events: TaskEvents, release: () => void): (code: number, reason: string) => void {
    return (code, reason) => {
      if (!this.#running.delete(spec.taskArn)) return;
      release();
      events.exited({ code, reason });
    };
  }
}
