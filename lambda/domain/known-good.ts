import type { LedgerEntry } from './ledger-entry.ts';
import { secondsBetween } from './time.ts';

/** A version that a release put live, and the revision that it ran as. */
export interface Version {
  readonly release: string;
  readonly version: string;
  readonly sequence: number;
  readonly digest: string;
  readonly taskDefinition: string;
}

/** What serves, as far as the choice depends on it. */
export interface Live {
  readonly taskDefinition: string;
  readonly version: string | null;
}

export type Choice = { readonly target: Version } | { readonly nothingToDo: string } | { readonly refusal: string };

/** After a way back has ended, a rollback that names no target is taken to mean the same for this long. */
const sameTroubleSeconds = 900;

/**
 * The versions that are known good, newest first: released, and not withdrawn by a rollback since. A
 * rollback withdraws the revision that it replaced, and what it brought back is good again.
 *
 * @param history in any order
 */
export function knownGood(history: readonly LedgerEntry[]): Version[] {
  const good = new Set<string | null>();
  const ended = released(history);
  for (const { kind, replaced, taskDefinition } of ended) {
    if (kind === 'rollback') good.delete(replaced);
    good.add(taskDefinition);
  }
  return ended
    .filter(({ kind, taskDefinition }) => kind === 'release' && good.has(taskDefinition))
    .flatMap((entry) => versionOf(entry) ?? [])
    .toReversed();
}

export interface Asked {
  readonly history: readonly LedgerEntry[];
  readonly live: Live;
  /** Id or version of a release. */
  readonly to: string | undefined;
  /** The release or rollback whose end this rollback has waited for. */
  readonly waitedFor: string | null;
  readonly now: string;
}

/**
 * What a rollback goes back to: the version that was named, or the newest known-good one that does not
 * serve. Never merely "the one before".
 */
export function chooseTarget(asked: Asked): Choice {
  const { live, to } = asked;
  if (to !== undefined) {
    const target = named(asked.history, to);
    if (target === null) return { refusal: `${unknown(to)} ${allowed(asked)}` };
    return target.taskDefinition === live.taskDefinition
      ? { nothingToDo: `${target.version} (release ${target.release}) serves already.` }
      : { target };
  }
  const done = alreadyBack(asked);
  if (done !== null) return { nothingToDo: `${done} ${allowed(asked)}` };
  const target = knownGood(asked.history).find((each) => each.taskDefinition !== live.taskDefinition);
  if (target !== undefined) return { target };
  return { nothingToDo: `The ledger knows no good version apart from ${nameOf(live)}, which serves.` };
}

/** The version that a person means; null when the ledger has no such one that was ever released. */
export function named(history: readonly LedgerEntry[], to: string): Version | null {
  const found = released(history).findLast((entry) => entry.id === to || entry.version === to);
  return found === undefined ? null : versionOf(found);
}

/** Names what may be asked for. */
export function allowed({ history, live }: Pick<Asked, 'history' | 'live'>): string {
  const others = knownGood(history).filter((each) => each.taskDefinition !== live.taskDefinition);
  if (others.length === 0) return 'The ledger knows no other good version.';
  const names = others.slice(0, 3).map(({ version, release }) => `${version} (release ${release})`);
  return `Known good, newest first: ${names.join(', ')}. Name one with "to" to go to it.`;
}

export function unknown(to: string): string {
  return `The ledger has no release ${to} that was ever released.`;
}

/** Why somebody who names no target has what they want: the last thing that happened was a way back. */
function alreadyBack({ history, live, waitedFor, now }: Asked): string | null {
  const waited = history.find((entry) => entry.id === waitedFor);
  if (waited?.kind === 'release' && waited.taskDefinition !== live.taskDefinition) {
    return `Release ${waited.id} was ended (${waited.outcome}), and ${nameOf(live)} serves.`;
  }
  if (waited?.kind === 'rollback' && (waited.outcome === 'released' || waited.outcome === 'unchanged')) {
    return `The rollback ${waited.id}, which ran at the same time, ended as ${waited.outcome}; ${nameOf(live)} serves.`;
  }
  const last = inOrder(history).at(-1);
  const brought = released(history).findLast((entry) => entry.taskDefinition === live.taskDefinition);
  if (brought?.kind === 'rollback') {
    return `${nameOf(live)}, which serves, was brought back by rollback ${brought.id} at ${brought.closedAt}.`;
  }
  if (
    last?.kind === 'release' &&
    last.outcome === 'rolled-back' &&
    last.closedAt !== null &&
    secondsBetween(last.closedAt, now) < sameTroubleSeconds
  ) {
    return `Release ${last.id} was taken back at ${last.closedAt} already, and ${nameOf(live)} serves.`;
  }
  return null;
}

function nameOf({ version, taskDefinition }: Live): string {
  return version ?? taskDefinition;
}

function released(history: readonly LedgerEntry[]): LedgerEntry[] {
  return inOrder(history).filter((entry) => entry.outcome === 'released');
}

/** Those that have ended, by the time of their end. */
function inOrder(history: readonly LedgerEntry[]): LedgerEntry[] {
  return history.filter((entry) => entry.closedAt !== null).toSorted((one, other) => endOf(one) - endOf(other));
}

function endOf({ closedAt }: LedgerEntry): number {
  return Date.parse(closedAt ?? '');
}

function versionOf({ id, version, sequence, digest, taskDefinition }: LedgerEntry): Version | null {
  if (version === null || sequence === null || digest === null || taskDefinition === null) return null;
  return { release: id, version, sequence, digest, taskDefinition };
}
