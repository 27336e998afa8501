import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';

/** How much of the time a server that others use may have to work for a copy; for the rest it has only them. */
const SHARE = 0.25;

/** Transactions a second with which others count as users: a server that nobody uses does one or two for itself. */
const USED = 5;

const LOOK_MS = 1000;

interface Look {
  readonly at: number;
  readonly transactions: number;
}

/**
 * Does one piece of work after the other. While others use the server it rests after each, as long as its share asks
 * for: the longer the piece took, because the server is small or has much to do, the longer the rest.
 */
export class Pace {
  readonly #transactions: () => Promise<number>;
  #last: Look | undefined;
  #used = true;

  /** @param transactions how many others have ended on the server so far */
  constructor(transactions: () => Promise<number>) {
    this.#transactions = transactions;
  }

  async atEase<Piece>(pieces: Iterable<Piece>, work: (piece: Piece) => Promise<void>): Promise<void> {
    this.#last ??= await this.#look();
    for (const piece of pieces) {
      const startedAt = performance.now();
      await work(piece);
      const busyMs = performance.now() - startedAt;
      if (await this.#isUsed(this.#last)) await sleep(busyMs * (1 / SHARE - 1));
    }
  }

  async #isUsed(last: Look): Promise<boolean> {
    if (performance.now() - last.at < LOOK_MS) return this.#used;
    const now = await this.#look();
    const seconds = (now.at - last.at) / 1000;
    this.#used = (now.transactions - last.transactions) / seconds >= USED;
    this.#last = now;
    return this.#used;
  }

  async #look(): Promise<Look> {
    return { transactions: await this.#transactions(), at: performance.now() };
  }
}

/**
 * Transactions that have ended in all databases but the copy's own.
 * https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
 */
export async function transactionsOfOthers(copy: Knex): Promise<number> {
  const { rows } = await copy.raw<{ rows: { ended: string }[] }>(
    `select coalesce(sum(xact_commit + xact_rollback), 0) as ended from pg_stat_database
     where datname <> current_database()`,
  );
  return Number(rows[0]?.ended);
}
