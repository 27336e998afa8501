import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import type { Connection } from './fill.ts';

export const perSecond = 20;

/** What a page of the catalog asks for: how many entities there are of a kind and an owner, and the first twenty. */
const page = `
  with filtered as (
    select f.entity_id, n.value as name from final_entities f
    join search k on k.entity_id = f.entity_id and k.key = 'kind' and k.value = 'component'
    join search o on o.entity_id = f.entity_id and o.key = 'spec.owner' and o.value = $1
    join search n on n.entity_id = f.entity_id and n.key = 'metadata.name')
  select (select count(*) from filtered) as total, f.final_entity
  from final_entities f join (select * from filtered order by name limit 20) p using (entity_id)`;

/** Users who ask at a steady pace, whether or not the ones before have been answered. */
export class Users {
  readonly #pool: Pool;
  #latencies: number[] = [];
  #stopped = false;
  #asking: Promise<void> = Promise.resolve();

  constructor(connection: Connection, database: string) {
    this.#pool = new Pool({ ...connection, database, max: 10 });
  }

  start(): void {
    this.#asking = this.#ask();
  }

  /** Milliseconds of the requests that were answered since the last call. */
  take(): number[] {
    const latencies = this.#latencies;
    this.#latencies = [];
    return latencies;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
    await this.#pool.end();
  }

  async #ask(): Promise<void> {
    const open = new Set<Promise<void>>();
    const begin = performance.now();
    for (let request = 0; !this.#stopped; request += 1) {
      const one = this.#one(request).finally(() => open.delete(one));
      open.add(one);
      await sleep(Math.max(0, begin + ((request + 1) * 1000) / perSecond - performance.now()));
    }
    await Promise.all(open);
  }

  async #one(request: number): Promise<void> {
    const startedAt = performance.now();
    await this.#pool.query(page, [`team-${(request * 7) % 500}`]);
    this.#latencies.push(performance.now() - startedAt);
  }
}

/** What so many of a hundred requests took at most. */
export function percentile(latencies: readonly number[], percent: number): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
