import type { Clock, Timer } from '../clock/clock.ts';

/** The deployment has ended while something of it waited. */
export class Cut extends Error {}

/** One deployment's waits: each can be ended early, and all of them with the deployment. */
export class Pace {
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #wake: ((continued: boolean) => void) | null = null;
  #cut = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @returns whether somebody ended the wait
   * @throws {Cut} when the deployment has ended
   */
  async wait(ms: number): Promise<boolean> {
    if (this.#cut) throw new Cut();
    const continued = await new Promise<boolean>((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#clock.after(ms, () => resolve(false));
    });
    this.#wake = null;
    if (this.#cut) throw new Cut();
    return continued;
  }

  /** Ends the wait that is on. */
  end(): void {
    this.#timer?.cancel();
    this.#wake?.(true);
  }

  cut(): void {
    this.#cut = true;
    this.end();
  }
}
