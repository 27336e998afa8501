/** A timer that can be called off; cancelling a timer that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The stage's time. Everything on the stage takes its time from one clock. */
export interface Clock {
  /** Stage time, in milliseconds since the epoch. */
  now(): number;
  /** Runs the action after `ms` milliseconds of stage time: waits, metric periods, bakes. */
  after(ms: number, action: () => void | Promise<void>): Timer;
  /**
   * Runs the action after `ms` milliseconds of process time: health checks, grace, drains, stop
   * time-outs. `--speed` does not scale these, because real processes do not start any faster.
   * In virtual time both are the same.
   */
  afterReal(ms: number, action: () => void | Promise<void>): Timer;
}
