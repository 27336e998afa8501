/** The name in a target group's ARN; a name stays as it is. */
export function targetGroupName(arn: string): string {
  return /:targetgroup\/([^/]+)\//.exec(arn)?.[1] ?? arn;
}

/** What one request of a user came to. */
export interface Sample {
  /** Stage time, in milliseconds since the epoch, when the answer was complete or given up. */
  readonly at: number;
  readonly journey: string;
  /** Why the answer was no good one; null when it was. */
  readonly failure: string | null;
  /** Milliseconds of process time. */
  readonly ms: number;
  /** Name of the target group that answered; null where the load balancer did, or nobody: such a failure is neither colour's. */
  readonly targetGroup: string | null;
}

export interface Requests {
  readonly total: number;
  readonly failed: number;
  readonly onGreen: number;
  readonly failedOnBlue: number;
  readonly failedOnGreen: number;
}

/** When one request ended, in stage time, and whether it failed. */
export interface Moment {
  readonly at: number;
  readonly failed: boolean;
}

export interface Second {
  /** Whole seconds of process time since the tally began. */
  readonly second: number;
  readonly total: number;
  readonly failed: number;
}

/** Latencies of good answers in milliseconds; null without any. */
export interface Latencies {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/**
 * Counts what users saw during one release. Green is every target group but the one that served when
 * the release started.
 */
export class Tally {
  readonly blue: string | null;
  readonly #latencies: number[] = [];
  readonly #seconds: { second: number; total: number; failed: number }[] = [];
  readonly #now: () => number;
  readonly #began: number;
  #requests: Requests = { total: 0, failed: 0, onGreen: 0, failedOnBlue: 0, failedOnGreen: 0 };
  #firstBadOnGreen: number | null = null;
  readonly #firstFailures: string[] = [];
  readonly #moments: Moment[] = [];

  /**
   * @param blue name of the target group that serves now, null when none does
   * @param now process time in milliseconds, for the count per second
   */
  constructor(blue: string | null, now: () => number = () => performance.now()) {
    this.blue = blue;
    this.#now = now;
    this.#began = now();
  }

  add(sample: Sample): void {
    const failed = sample.failure === null ? 0 : 1;
    const onBlue = sample.targetGroup !== null && sample.targetGroup === this.blue;
    const onGreen = sample.targetGroup !== null && !onBlue;
    const { total, ...before } = this.#requests;
    this.#requests = {
      total: total + 1,
      failed: before.failed + failed,
      onGreen: before.onGreen + (onGreen ? 1 : 0),
      failedOnBlue: before.failedOnBlue + (onBlue ? failed : 0),
      failedOnGreen: before.failedOnGreen + (onGreen ? failed : 0),
    };
    this.#moments.push({ at: sample.at, failed: failed > 0 });
    if (failed && onGreen) this.#firstBadOnGreen ??= sample.at;
    if (sample.failure === null) this.#latencies.push(sample.ms);
    else if (this.#firstFailures.length < 5) this.#firstFailures.push(`${sample.journey}: ${sample.failure}`);

    const second = Math.floor((this.#now() - this.#began) / 1000);
    let last = this.#seconds.at(-1);
    if (last?.second !== second) {
      last = { second, total: 0, failed: 0 };
      this.#seconds.push(last);
    }
    last.total += 1;
    last.failed += failed;
  }

  requests(): Requests {
    return this.#requests;
  }

  /** Stage time of the first bad answer that a user got from green. */
  firstBadOnGreen(): number | null {
    return this.#firstBadOnGreen;
  }

  /** Every request, in the order in which they ended. */
  moments(): readonly Moment[] {
    return this.#moments;
  }

  /** The first few failures in words. */
  failures(): readonly string[] {
    return this.#firstFailures;
  }

  seconds(): readonly Second[] {
    return this.#seconds;
  }

  latencies(): Latencies {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}
