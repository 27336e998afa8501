import type { OpenedRelease, Word } from './release.ts';

/** States that a cancelled release goes through to its end as every other. */
const unmoved: ReadonlySet<string> = new Set(['Open', 'Retreat', 'Mend', 'Verify', 'Close']);

/** States from which a refusal leads nowhere, because they change what users depend on. */
const changing: ReadonlySet<string> = new Set(['Migrate', 'Shift']);

/**
 * What a release that has been cancelled does in a state: `refuse` while nothing has been changed,
 * `retreat` once something may have been, `go-on` where stopping would do harm: in the midst of a
 * migration, and once the old version has been given up.
 */
export function whenCancelled(state: string, release: OpenedRelease): 'go-on' | 'refuse' | 'retreat' {
  if (unmoved.has(state) || release.promotion?.continued === true) return 'go-on';
  const { migrate } = release.schema;
  if (migrate !== null && !migrate.done) return 'go-on';
  const untouched = migrate === null && release.deployment === null && !changing.has(state);
  return untouched ? 'refuse' : 'retreat';
}

export function cancelledText({ by, reason }: Word): string {
  return `Cancelled by ${by}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;
}
