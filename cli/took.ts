import type { LedgerEntry } from '../lambda/domain/ledger-entry.ts';
import { clock } from './words.ts';

type Times = Pick<LedgerEntry, 'openedAt' | 'closedAt'>;

/** Null while it runs. */
export function tookSeconds({ openedAt, closedAt }: Times): number | null {
  return closedAt === null ? null : Math.round((Date.parse(closedAt) - Date.parse(openedAt)) / 1000);
}

export function took(times: Times): string {
  const seconds = tookSeconds(times);
  return seconds === null ? '-' : clock(seconds);
}
