import type { Clock, Timer } from './clock.ts';

/** The longest delay that `setTimeout` takes; it fires at once for a longer one. */
const longestDelay = 2 ** 31 - 1;

/**
 * Stage time that runs `speed` times as fast as the machine's. `afterReal` is not scaled, because real
 * processes do not start or stop any faster.
 */
export class ScaledClock implements Clock {
  readonly speed: number;
  readonly #startsAt: number;
  readonly #origin = performance.now();
  readonly #pending = new Set<Timer>();

  constructor(speed: number, startsAt: number = Date.now()) {
    if (!(speed > 0)) throw new Error(`The clock's speed is a number greater than 0, not ${speed}.`);
    this.speed = speed;
    this.#startsAt = startsAt;
  }

  now(): number {
    return this.#startsAt + (performance.now() - this.#origin) * this.speed;
  }

  after(ms: number, action: () => void | Promise<void>): Timer {
    return this.#schedule(Math.max(0, ms) / this.speed, action);
  }

  afterReal(ms: number, action: () => void | Promise<void>): Timer {
    return this.#schedule(Math.max(0, ms), action);
  }

  /** Calls every pending timer off: the stage is closing. */
  close(): void {
    for (const timer of this.#pending) timer.cancel();
  }

  /** Never fires early: `setTimeout` may, by a millisecond, and then a period that should have ended has not. */
  #schedule(ms: number, action: () => void | Promise<void>): Timer {
    const due = performance.now() + ms;
    let handle: NodeJS.Timeout;
    const timer: Timer = {
      cancel: () => {
        clearTimeout(handle);
        this.#pending.delete(timer);
      },
    };
    const wait = (): void => {
      const left = due - performance.now();
      if (left > 0) {
        handle = setTimeout(wait, Math.min(Math.ceil(left), longestDelay));
        return;
      }
      this.#pending.delete(timer);
      void action();
    };
    this.#pending.add(timer);
    handle = setTimeout(wait, Math.min(Math.ceil(ms), longestDelay));
    return timer;
  }
}
