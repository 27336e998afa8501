import type { App } from '../app';
import { dropScratch, scratchPrefix } from '../copy/scratch';
import { SchemaLock } from '../lock';

export interface DropReport {
  readonly ok: true;
  readonly dryRun: boolean;
  readonly dropped: readonly string[];
  /** They bear the prefix, but are no copies that this tool made. */
  readonly left: readonly string[];
}

export async function drop({ config }: App, prefix: string, dryRun: boolean): Promise<DropReport> {
  const lock = new SchemaLock(config);
  try {
    const result = await dropScratch(await lock.connection(), scratchPrefix(config, prefix), dryRun);
    return { ok: true, dryRun, ...result };
  } finally {
    await lock.close();
  }
}
