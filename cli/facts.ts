import type { Outcome } from '../lambda/domain/release.ts';
import type { Sighting } from './execution.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { needsApproval, type ReleaseView } from './release-view.ts';

export interface Probes {
  readonly sent: number;
  readonly failed: number;
}

/** Something that takes its time: how much of it is over. */
export interface Span {
  readonly elapsedSeconds: number;
  readonly totalSeconds: number;
}

/** What is known of a release at one moment, ready to be shown: what `--json` gives. */
export interface Facts {
  readonly release: string;
  readonly execution: string;
  readonly kind: 'release' | 'rollback';
  readonly service: string | null;
  readonly version: string | null;
  readonly policy: string | null;
  /** What the policy had to say when the release was let in: freeze, error budget, alarms. */
  readonly admission: readonly string[];
  readonly state: string;
  /** States whose function failed for good. */
  readonly failedStates: readonly string[];
  /** Preparing, judging, shifting, baking, while the new version is observed. */
  readonly phase: string | null;
  /** ISO, on the workflow's clock. */
  readonly at: string;
  readonly elapsedSeconds: number;
  /** Share of the users' traffic that the new version has; null while that is in motion and not known. */
  readonly newPercent: number | null;
  readonly looks: number;
  readonly probes: { readonly new: Probes; readonly old: Probes };
  /** Of the latest look, or the decision. */
  readonly verdict: string | null;
  readonly reasons: readonly string[];
  /** What the rehearsal does now: copy, migrate, restarted-blue, … */
  readonly rehearsing: string | null;
  /** Rounds of probes that the new version has answered, before users may reach it. */
  readonly rounds: { readonly answered: number; readonly wanted: number } | null;
  readonly bake: Span | null;
  /** What the state has been given, and how much of it is used up. */
  readonly deadline: Span | null;
  readonly nextLookSeconds: number | null;
  readonly waitsForApproval: boolean;
  readonly cancelledBy: string | null;
  /** Null while it runs. */
  readonly outcome: Outcome | null;
  readonly reason: string;
  readonly exitCode: ExitCode | null;
}

/**
 * @param sinceSeen milliseconds since the sighting; the workflow's clock is taken to have gone on by as
 * much, but not past the moment at which something is next to happen
 */
export function factsOf(sighting: Sighting, sinceSeen: number): Facts {
  const { release, state, status } = sighting;
  const running = status === 'RUNNING';
  const wait = running && release?.wait ? release.wait.seconds * 1000 : null;
  const passed = running ? Math.min(sinceSeen, wait ?? sinceSeen) : 0;
  const now = sighting.at + passed;
  const look = release?.observation.recent.at(-1) ?? null;
  const observing = state === 'Observe';
  const end = running ? null : endOf(sighting);
  return {
    release: sighting.id,
    execution: sighting.arn,
    kind: release?.kind ?? 'release',
    service: release?.service ?? null,
    version: release?.request?.version ?? null,
    policy: release?.request?.policy ?? null,
    state,
    admission: release?.admission ?? [],
    failedStates: Object.keys(release?.failures ?? {}),
    phase: observing ? (look?.phase ?? 'preparing') : null,
    at: new Date(now).toISOString(),
    elapsedSeconds: seconds(now - sighting.startedAt),
    newPercent: newPercent(sighting),
    looks: release?.observation.looks ?? 0,
    probes: {
      new: probes(release?.observation.evidence.green),
      old: probes(release?.observation.evidence.blue),
    },
    verdict: release?.decision?.verdict ?? look?.verdict ?? null,
    reasons: release?.decision?.reasons ?? look?.reasons ?? [],
    rehearsing: state === 'Rehearse' && running ? (release?.rehearsal?.tasks.at(-1)?.name ?? null) : null,
    rounds:
      observing && release?.description && release.deployment?.continuedAt === null
        ? {
            answered: release.observation.before.rounds,
            wanted: release.description.observation.roundsBeforeTraffic,
          }
        : null,
    bake: observing ? bake(release, now) : null,
    deadline: running ? deadline(state, release, now) : null,
    nextLookSeconds: wait === null ? null : seconds(wait - passed),
    waitsForApproval: running && waitsForApproval(release),
    cancelledBy: release?.cancelled?.by ?? null,
    outcome: end?.outcome ?? null,
    reason: end?.reason ?? '',
    exitCode: end === null ? null : exitCodeOf(end.outcome),
  };
}

function endOf({ status, cause, release }: Sighting): { outcome: Outcome; reason: string } {
  if (status === 'SUCCEEDED' && release !== null && release.outcome !== null) {
    return { outcome: release.outcome, reason: release.reason };
  }
  const words = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was aborted', SUCCEEDED: 'gave no result' };
  const how = status === 'RUNNING' ? 'is running' : words[status];
  return { outcome: 'failed', reason: `The execution ${how}. ${cause}`.trim() };
}

/** The new version has been judged good, and nobody has let users in. */
export function waitsForApproval(release: ReleaseView | null): boolean {
  const { judgedAt = null, continuedAt = null } = release?.deployment ?? {};
  if (release === null || judgedAt === null || continuedAt !== null) return false;
  return release.decision === null && release.approved === null && needsApproval(release);
}

/** During a retreat and after it the last look's share is history. */
function newPercent({ release, state, status }: Sighting): number | null {
  if (release === null) return null;
  if (release.outcome === 'released' || state === 'Promote') return 100;
  if (release.retreat?.result === 'restored' || release.deployment === null) return 0;
  if (release.retreat !== null || status !== 'RUNNING') return null;
  return release.observation.recent.at(-1)?.greenPercent ?? 0;
}

function probes(answers: { probes: number; failed: number } | undefined): Probes {
  return { sent: answers?.probes ?? 0, failed: answers?.failed ?? 0 };
}

function bake(release: ReleaseView | null, now: number): Span | null {
  const since = release?.deployment?.bakingSince;
  const total = release?.description?.policies[release.request?.policy ?? '']?.bakeSeconds;
  return since && total !== undefined ? span(since, total, now) : null;
}

function deadline(state: string, release: ReleaseView | null, now: number): Span | null {
  const given = release?.description?.deadlines;
  if (!release || !given) return null;
  const { schema, rehearsal, deployment, promotion, retreat, verification } = release;
  const from = (start: string | null | undefined, total: number | undefined): Span | null =>
    start && total !== undefined ? span(start, total, now) : null;
  switch (state) {
    case 'Plan':
      return from(schema.plan?.startedAt, given['taskSeconds']);
    case 'Rehearse':
      // Its tasks come one after the other, each with the time of one.
      return from(rehearsal?.tasks.at(-1)?.startedAt, given['taskSeconds']);
    case 'Migrate':
      return from(schema.migrate?.startedAt, given['migrationSeconds']);
    case 'Observe':
      // The bake ends by itself, and is shown as such.
      if (deployment === null || deployment.bakingSince !== null) return null;
      if (waitsForApproval(release)) return from(deployment.judgedAt, given['approvalSeconds']);
      return deployment.continuedAt === null
        ? from(deployment.createdAt, given['readySeconds'])
        : from(deployment.continuedAt, given['shiftSeconds']);
    case 'Promote':
      return from(promotion?.startedAt, given['shiftSeconds']);
    case 'Retreat':
      return from(retreat?.startedAt, given['retreatSeconds']);
    case 'Verify':
      return from(verification?.startedAt, given['taskSeconds']);
    default:
      return null;
  }
}

function span(start: string, totalSeconds: number, now: number): Span {
  return { elapsedSeconds: seconds(now - Date.parse(start)), totalSeconds };
}

const seconds = (ms: number): number => Math.max(0, Math.round(ms / 1000));

/** What makes one line of a log different from the one before. */
export function milestone(facts: Facts): string {
  const { state, phase, rehearsing, newPercent: share, verdict, waitsForApproval: waits, cancelledBy, outcome } = facts;
  return JSON.stringify([state, phase, rehearsing, share, verdict, waits, cancelledBy, outcome]);
}

/** Of a release that this command saw to its end. */
export function exitCodeOfFacts({ exitCode }: Facts): ExitCode {
  return exitCode ?? exitCodes.lostSight;
}
