import type { Clock, Timer } from '../clock/clock.ts';
import type { DataPlane, Route } from '../elb/data-plane.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

export interface SimulatedUsersOptions {
  readonly clock: Clock;
  readonly network: SimulatedNetwork;
  readonly dataPlane: DataPlane;
  readonly listenerPort: number;
  readonly host: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly requestsPerSecond: number;
  /** An answer that takes longer is a failure. */
  readonly budgetMs: number;
  /** Whether the target group is the one with the new version. */
  readonly isGreen: (targetGroup: string) => boolean;
}

/** What users have seen so far. Times in milliseconds of stage time; null where nothing was bad. */
export interface UserCounts {
  readonly total: number;
  readonly failed: number;
  readonly onGreen: number;
  readonly failedOnBlue: number;
  readonly failedOnGreen: number;
  readonly firstBadAt: number | null;
  readonly lastBadAt: number | null;
}

/** How long users wait for the load balancer. */
const patienceMs = 60_000;

const nothingSeen: UserCounts = {
  total: 0,
  failed: 0,
  onGreen: 0,
  failedOnBlue: 0,
  failedOnGreen: 0,
  firstBadAt: null,
  lastBadAt: null,
};

/** Users at a steady rate, on the stage's clock. A request without a good answer in time is a failed one. */
export class SimulatedUsers {
  readonly #options: SimulatedUsersOptions;
  #counts: UserCounts = nothingSeen;
  /** Requests that are due, and the fraction of the next one. */
  #due = 0;
  #timer: Timer | null = null;

  constructor(options: SimulatedUsersOptions) {
    this.#options = options;
  }

  get counts(): UserCounts {
    return this.#counts;
  }

  start(): void {
    this.#timer = this.#options.clock.after(1000, () => {
      this.#due += this.#options.requestsPerSecond;
      for (; this.#due >= 1; this.#due -= 1) this.#visit();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #visit(): void {
    const { network, dataPlane, listenerPort, host, paths, budgetMs } = this.#options;
    const path = paths[this.#counts.total % paths.length] ?? '/';
    const request = { method: 'GET', path, headers: { host, 'user-agent': 'simulated-user' } };
    const { route, response } = network.through(dataPlane, listenerPort, request, patienceMs);
    this.#count(route, response.status < 400 && response.ms <= budgetMs);
  }

  #count(route: Route, good: boolean): void {
    const green = route.targetGroup !== null && this.#options.isGreen(route.targetGroup);
    const { counts } = this;
    const now = this.#options.clock.now();
    this.#counts = {
      total: counts.total + 1,
      failed: counts.failed + (good ? 0 : 1),
      onGreen: counts.onGreen + (green ? 1 : 0),
      failedOnBlue: counts.failedOnBlue + (good || green ? 0 : 1),
      failedOnGreen: counts.failedOnGreen + (!good && green ? 1 : 0),
      firstBadAt: counts.firstBadAt ?? (good ? null : now),
      lastBadAt: good ? counts.lastBadAt : now,
    };
  }
}
