import { isDeepStrictEqual } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Release } from '../../lambda/domain/release.ts';
import type { Moment } from '../load/tally.ts';
import type { Report } from '../scenarios/report.ts';

const iso = (at: number) => new Date(at).toISOString();

/** The Task states of an execution in order; looks that only waited in between are one stay. */
export function statesOf(events: readonly HistoryEvent[]): Report['states'] {
  const stays: { name: string; from: number; to: number }[] = [];
  for (const { type, timestamp, stateEnteredEventDetails } of events) {
    const at = timestamp?.getTime() ?? 0;
    const last = stays.at(-1);
    if (last) last.to = at;
    const name = stateEnteredEventDetails?.name;
    if (type === 'TaskStateEntered' && name !== undefined && last?.name !== name)
      stays.push({ name, from: at, to: at });
  }
  return stays.map(({ name, from, to }) => ({ name, at: iso(from), seconds: Math.round((to - from) / 100) / 10 }));
}

export function executionOf(events: readonly HistoryEvent[]): Report['execution'] {
  return {
    historyEvents: events.length,
    lambdaInvocations: events.filter(({ type }) => type === 'TaskStarted').length,
  };
}

/** When the old version's share of the users' traffic became what it is, in stage time. */
export interface ShareChange {
  readonly at: number;
  readonly bluePercent: number;
}

/**
 * When the new version first failed, when that was decided to be the end of it, and when nobody could
 * meet it any more.
 * @param firstBadOnGreen stage time of the first bad answer that a user got from it
 */
export function detectionOf(
  release: Release | null,
  states: Report['states'],
  firstBadOnGreen: number | null,
  shares: readonly ShareChange[],
): Report['detection'] {
  const decided =
    release?.decision?.verdict === 'fail' ? release.decision.at : states.find(({ name }) => name === 'Retreat')?.at;
  if (decided === undefined) {
    return { firstBadAt: firstBadOnGreen === null ? null : iso(firstBadOnGreen), decidedAt: null, restoredAt: null };
  }
  const decidedAt = Date.parse(decided);
  const badLook = release?.observation.recent.find(({ green }) => green.failed > 0)?.at;
  const firstBad = Math.min(firstBadOnGreen ?? Number.POSITIVE_INFINITY, badLook ? Date.parse(badLook) : decidedAt);
  const atDecision = shares.findLast(({ at }) => at <= decidedAt);
  const restored =
    atDecision === undefined || atDecision.bluePercent === 100
      ? decidedAt
      : shares.find(({ at, bluePercent }) => at > decidedAt && bluePercent === 100)?.at;
  return {
    firstBadAt: iso(firstBad),
    decidedAt: iso(decidedAt),
    restoredAt: restored === undefined ? null : iso(restored),
  };
}

/**
 * How many of users' requests failed until the decision, and how many of them the new version's share of the
 * traffic would have been.
 */
export function exposureOf(
  moments: readonly Moment[],
  shares: readonly ShareChange[],
  decidedAt: string | null,
): Report['exposure'] {
  const end = decidedAt === null ? Number.POSITIVE_INFINITY : Date.parse(decidedAt);
  const until = moments.filter(({ at }) => at <= end);
  const greenShare = (at: number) => 1 - (shares.findLast((share) => share.at <= at)?.bluePercent ?? 100) / 100;
  return {
    failed: until.filter(({ failed }) => failed).length,
    share: Math.round(until.reduce((sum, { at }) => sum + greenShare(at), 0) * 10) / 10,
  };
}

/**
 * Whether the ledger's entry says how the release ended, says what the execution said, and is true of what serves.
 * @param live digest of what serves now
 */
export function isFinal(entry: Release | null, output: Release | null, live: string | null): boolean {
  if (entry === null || entry.closedAt === null || !isDeepStrictEqual(entry, output)) return false;
  if (entry.outcome === 'released') return live === (entry.image?.digest ?? null);
  if (entry.outcome === 'rolled-back') return live === (entry.blue?.digest ?? null);
  return entry.outcome !== null;
}

export function rehearsalOf(entry: Release | null): Report['rehearsal'] {
  if (!entry?.rehearsal) return null;
  const { verdict, seconds, rows, bytes, drift } = entry.rehearsal;
  return { verdict, seconds, rows, bytes, drift };
}
