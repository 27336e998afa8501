import { setTimeout as sleep } from 'node:timers/promises';

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** A moment that no step outlives, however it hangs. */
export class Deadline {
  readonly #endsAt: number;

  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
  }

  get passed(): boolean {
    return performance.now() >= this.#endsAt;
  }

  async limit<T>(what: string, work: Promise<T>): Promise<T> {
    const done = new AbortController();
    const left = Math.max(0, this.#endsAt - performance.now());
    const timeout = sleep(left, undefined, { signal: done.signal }).then(() => {
      throw new DeadlineError(`${what}: no answer before the deadline`);
    });
    // Whichever loses the race must not end as an unhandled rejection.
    timeout.catch(() => {});
    work.catch(() => {});
    try {
      return await Promise.race([work, timeout]);
    } finally {
      done.abort();
    }
  }
}
