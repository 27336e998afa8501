import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export const perSecond = 20;

/** What the catalog's page asks for: the first twenty of a team's components, and how many there are. */
const page = (team: string) =>
  `/api/catalog/entities/by-query?filter=kind=component,spec.owner=${team}&limit=20&orderField=metadata.name,asc`;
const pageSchema = z.object({ totalItems: z.number().positive(), items: z.array(z.unknown()).nonempty() });

/** Users of a Backstage who ask at a steady pace, whether or not the ones before have been answered. */
export class Users {
  readonly #ask: (path: string) => Promise<unknown>;
  #latencies: number[] = [];
  #stopped = false;
  #asking: Promise<void> = Promise.resolve();

  constructor(ask: (path: string) => Promise<unknown>) {
    this.#ask = ask;
  }

  start(): void {
    this.#asking = this.#askOn();
    this.#asking.catch(() => undefined);
  }

  /** Milliseconds of the requests that were answered since the last call. */
  take(): number[] {
    const latencies = this.#latencies;
    this.#latencies = [];
    return latencies;
  }

  /** @throws when one of them was not answered, or with no components */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
  }

  async #askOn(): Promise<void> {
    const asked: Promise<void>[] = [];
    const begin = performance.now();
    while (!this.#stopped) {
      const one = this.#one(asked.length);
      one.catch(() => undefined);
      asked.push(one);
      await sleep(Math.max(0, begin + (asked.length * 1000) / perSecond - performance.now()));
    }
    await Promise.all(asked);
  }

  async #one(request: number): Promise<void> {
    const startedAt = performance.now();
    const answer = await this.#ask(page(`team-${(request * 7) % 500}`));
    this.#latencies.push(performance.now() - startedAt);
    pageSchema.parse(answer);
  }
}

/** What so many of a hundred requests took at most. */
export function percentile(latencies: readonly number[], percent: number): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
