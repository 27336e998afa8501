import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Timer } from './clock.ts';

interface Event {
  readonly at: number;
  readonly action: () => void | Promise<void>;
}

/**
 * Discrete-event time: `now()` stands still while anything runs, and jumps to the next event when all is
 * idle. Events of the same instant fire in the order in which they were scheduled, so a run is repeatable.
 *
 * Work inside this process that needs no real input or output is over when the event loop has turned once.
 * Anything else (a worker thread, a socket) has to {@link hold} the clock while it runs.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #events: Event[] = [];
  #holds = 0;
  #released: (() => void) | null = null;
  #failure: { readonly error: unknown } | null = null;
  #running = false;

  constructor(startsAt: number = Date.parse('2026-01-05T09:00:00Z')) {
    this.#now = startsAt;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void | Promise<void>): Timer {
    const event = { at: this.#now + Math.max(0, ms), action };
    this.#events.splice(this.#insertionPoint(event), 0, event);
    return {
      cancel: () => {
        const index = this.#events.indexOf(event);
        if (index >= 0) this.#events.splice(index, 1);
      },
    };
  }

  afterReal(ms: number, action: () => void | Promise<void>): Timer {
    return this.after(ms, action);
  }

  /** Keeps time from advancing until the returned function is called. */
  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#released?.();
    };
  }

  /**
   * Lets time pass, event by event, until `done()` holds.
   * @param limitMs the most stage time that may pass
   * @throws when nothing is left to happen, when the limit is reached, or with what an action has thrown
   */
  async run(done: () => boolean, limitMs: number = 30 * 24 * 3_600_000): Promise<void> {
    const deadline = this.#now + limitMs;
    await this.#alone(async () => {
      for (;;) {
        await this.#idle();
        if (done()) return;
        const next = this.#events[0];
        if (next === undefined) {
          throw new Error(`Nothing is left to happen at ${iso(this.#now)}, and what was awaited has not happened.`);
        }
        if (next.at > deadline) {
          throw new Error(`${limitMs} ms of stage time passed, until ${iso(deadline)}, without what was awaited.`);
        }
        this.#fire(next);
      }
    });
  }

  /** Lets exactly `ms` milliseconds of stage time pass. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await this.#alone(async () => {
      for (;;) {
        await this.#idle();
        const next = this.#events[0];
        if (next === undefined || next.at > target) break;
        this.#fire(next);
      }
      this.#now = target;
    });
  }

  async #alone(run: () => Promise<void>): Promise<void> {
    if (this.#running) throw new Error('The clock is running already. Wait for it before letting more time pass.');
    this.#running = true;
    try {
      await run();
    } finally {
      this.#running = false;
    }
  }

  #fire(event: Event): void {
    this.#events.shift();
    this.#now = event.at;
    void (async () => event.action())().catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async #idle(): Promise<void> {
    await turn();
    while (this.#holds > 0) {
      await new Promise<void>((resolve) => {
        this.#released = resolve;
      });
      this.#released = null;
      await turn();
    }
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      throw error;
    }
  }

  /** Binary search, because metric periods of long runs keep many events waiting. */
  #insertionPoint(event: Event): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#events[middle];
      if (other !== undefined && other.at <= event.at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
