import { z } from 'zod';

const entriesSchema = z.object({ entries: z.array(z.object({ note: z.string() })) });
const everyMs = 1500;
const timeoutMs = 10_000;

/** People who write into the logbook of what serves, and remember what they were told is written. */
export class LogbookWriter {
  readonly #url: string;
  readonly #run: string;
  #written: string[] = [];
  #writing: NodeJS.Timeout | null = null;
  #last: Promise<void> = Promise.resolve();

  /** @param run tells these entries from those of other releases */
  constructor(url: string, run: string) {
    this.#url = `${url}/api/logbook/entries`;
    this.#run = run;
  }

  /** Writes one entry; nothing is written where there is no logbook. */
  async write(): Promise<void> {
    const note = `${this.#run}-${this.#written.length + 1}`;
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ note }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.status === 201) this.#written.push(note);
    } catch {
      // Whether it was written nobody was told: then nobody misses it.
    }
  }

  /** Goes on writing until stop. */
  start(): void {
    this.#writing ??= setInterval(() => {
      this.#last = this.#last.then(() => this.write());
    }, everyMs);
  }

  async stop(): Promise<void> {
    if (this.#writing) clearInterval(this.#writing);
    this.#writing = null;
    await this.#last;
  }

  get count(): number {
    return this.#written.length;
  }

  /** What was said to be written, and is not there. @throws when the logbook cannot be read */
  async missing(): Promise<string[]> {
    if (this.#written.length === 0) return [];
    const answer = await fetch(this.#url, { signal: AbortSignal.timeout(timeoutMs) });
    const { entries } = entriesSchema.parse(await answer.json());
    const there = new Set(entries.map(({ note }) => note));
    return this.#written.filter((note) => !there.has(note));
  }
}
