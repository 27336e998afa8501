import type { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { LoadBalancing } from '../../../local/elb/load-balancing.ts';

const everyMs = 1000;

/** Looks every second whether users are sent where nobody is well. */
export class TrafficWatch {
  /** What was wrong, and when. */
  seen: string[] = [];
  readonly #clock: VirtualClock;
  readonly #elb: LoadBalancing;
  readonly #rule: string;
  #stopped = false;

  constructor(clock: VirtualClock, elb: LoadBalancing, rule: string) {
    this.#clock = clock;
    this.#elb = elb;
    this.#rule = rule;
    this.#look();
  }

  /** Target groups of the production rule that users are sent to, with their weights. */
  serving(): { readonly targetGroup: string; readonly weight: number; readonly healthy: number }[] {
    const action = this.#elb.rules().find(({ arn }) => arn === this.#rule)?.action;
    if (action?.kind !== 'forward') return [];
    return action.groups
      .filter(({ weight }) => weight > 0)
      .map(({ targetGroup, weight }) => ({
        targetGroup,
        weight,
        healthy: this.#elb.targetGroup(targetGroup).count('healthy'),
      }));
  }

  stop(): void {
    this.#stopped = true;
  }

  #look(): void {
    for (const { targetGroup, weight, healthy } of this.serving()) {
      if (healthy > 0) continue;
      this.seen.push(
        `${new Date(this.#clock.now()).toISOString()}: ${targetGroup} has weight ${weight} and no healthy target`,
      );
    }
    if (!this.#stopped) this.#clock.after(everyMs, () => this.#look());
  }
}
