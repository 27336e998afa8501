import type { Clock, Timer } from './clock.ts';

/** Timers and `Date` of stage time, for code that expects the globals of those names. */
export interface StageGlobals {
  readonly setTimeout: (action: () => void, ms?: number) => Timer;
  readonly clearTimeout: (timer: Timer | undefined) => void;
  readonly Date: { new (value?: number | string): Date; now(): number };
}

export function stageGlobals(clock: Clock): StageGlobals {
  class StageDate extends Date {
    constructor(value?: number | string) {
      super(value ?? clock.now());
    }

    static override now(): number {
      return Math.floor(clock.now());
    }
  }
  return {
    setTimeout: (action, ms = 0) => clock.after(ms, action),
    clearTimeout: (timer) => timer?.cancel(),
    Date: StageDate,
  };
}

/** Resolves after `ms` milliseconds of stage time. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
