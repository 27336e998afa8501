import type { Clock, Timer } from '../clock/clock.ts';
import type { DataPlane } from '../elb/data-plane.ts';
import type { Tally } from '../load/tally.ts';
import type { SimulatedNetwork } from './network.ts';

export interface SimulatedUsersOptions {
  readonly clock: Clock;
  readonly network: SimulatedNetwork;
  readonly dataPlane: DataPlane;
  readonly listenerPort: number;
  readonly host: string;
  readonly paths: readonly string[];
  readonly requestsPerSecond: number;
}

const patienceMs = 10_000;

/** Users on the virtual clock: a steady rate of requests through the production listener. */
export class SimulatedUsers {
  readonly #options: SimulatedUsersOptions;
  #timer: Timer | null = null;
  #tally: Tally | null = null;
  #sent = 0;

  constructor(options: SimulatedUsersOptions) {
    this.#options = options;
  }

  /** Requests that end from now on count there. */
  countInto(tally: Tally): void {
    this.#tally = tally;
  }

  start(): void {
    this.#timer = this.#options.clock.after(1000, () => {
      for (let request = 0; request < this.#options.requestsPerSecond; request += 1) this.#sendOne();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #sendOne(): void {
    const { clock, network, dataPlane, listenerPort, host, paths } = this.#options;
    const path = paths[this.#sent % paths.length] ?? '/';
    this.#sent += 1;
    const request = { method: 'GET', path, headers: { host, 'user-agent': 'understudy-user' } };
    const { response, targetGroup } = network.throughLoadBalancer(dataPlane, listenerPort, request, patienceMs);
    const ok = response.status < 400;
    this.#tally?.add(
      { at: clock.now(), journey: path, ok, ms: response.ms, targetGroup },
      ok ? null : `status ${response.status}`,
    );
  }
}
