import type { App } from '../app';
import { dropScratch, livePrefix, scratchPrefix } from '../copy/scratch';
import { SchemaLock } from '../lock';

export interface DropOptions {
  /** Of the copy; without it, all copies of this installation that are old enough. */
  readonly prefix?: string;
  readonly olderThanHours: number;
  readonly dryRun: boolean;
}

export interface DropReport {
  readonly ok: true;
  readonly dryRun: boolean;
  readonly dropped: readonly string[];
  /** They bear the prefix, but are no copies that this tool made; or are too young to be dropped. */
  readonly left: readonly string[];
}

export async function drop({ config }: App, { prefix, olderThanHours, dryRun }: DropOptions): Promise<DropReport> {
  const lock = new SchemaLock(config);
  try {
    const olderThanMs = olderThanHours * 3_600_000;
    const what =
      prefix === undefined
        ? { of: livePrefix(config), olderThanMs }
        : { prefix: scratchPrefix(config, prefix), olderThanMs };
    return { ok: true, dryRun, ...(await dropScratch(await lock.connection(), what, dryRun)) };
  } finally {
    await lock.close();
  }
}
