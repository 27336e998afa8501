import { servesAlready } from './already-live.ts';
import { touchedSchema } from './mending.ts';
import type { Outcome, Release } from './release.ts';

export interface Conclusion {
  readonly outcome: Outcome;
  readonly reason: string;
}

/**
 * How the release ended, told from what the states recorded. `failed` says that the workflow could
 * not prove what serves, or that what serves could not be replaced: a person has to look.
 */
export function conclude(release: Release): Conclusion {
  const early = withoutRelease(release) ?? asItWas(release);
  if (early !== null) return early;
  if (release.promotion?.done === true) {
    return { outcome: 'released', reason: [...(release.decision?.reasons ?? []), release.promotion.reason].join(' ') };
  }
  if (release.retreat === null && release.failures['Retreat'] === undefined) {
    return (
      asFarAsAsked(release) ?? {
        outcome: 'refused',
        reason: release.refusal ?? `Nothing was changed. ${failureText(release)}`,
      }
    );
  }
  const cause = causeText(release);
  if (release.retreat?.result === 'too-late') {
    const judgedGood = release.decision?.verdict === 'pass';
    return { outcome: judgedGood ? 'released' : 'failed', reason: `${release.retreat.reason} ${cause}` };
  }
  if (release.retreat?.result !== 'restored' && release.retreat?.result !== 'nothing-moved') {
    const way = release.retreat?.reason || failureText(release);
    return { outcome: 'failed', reason: `${cause} The way back is not proven: ${way}` };
  }
  if (release.verification?.verdict === 'works') {
    const way = [cause, release.retreat.reason, mendText(release), release.verification.reason];
    return { outcome: 'rolled-back', reason: way.filter((part) => part !== '').join(' ') };
  }
  const proof = release.verification?.reason || failureText(release);
  const told = `${[cause, release.retreat.reason, mendText(release)].filter((part) => part !== '').join(' ')} But a new task of the version that serves is not proven to work: ${proof}`;
  const stillMoved = touchedSchema(release) && release.mend?.result !== 'unwound';
  return stillMoved && release.verification?.verdict === 'broken'
    ? {
        outcome: 'needs-restore',
        reason: `${told} The schema has been migrated: restore it before a task is replaced.`,
      }
    : { outcome: 'failed', reason: told };
}

/** What was done about the schema, where it had been touched. */
function mendText({ mend }: Release): string {
  return mend === null || mend.result === 'untouched' ? '' : mend.reason;
}

/** A rollback or recovery that ended in its first state. */
function withoutRelease({ rollback, refusal, failures }: Release): Conclusion | null {
  if (rollback === null) return null;
  const reason = refusal ?? failureText({ failures });
  if (rollback.end !== null) return { outcome: rollback.end === 'given-up' ? 'failed' : 'unchanged', reason };
  // An abandoned release that could not even be looked at has to be recovered by the next execution.
  return 'recover' in rollback.asked && failures['Open'] !== undefined ? { outcome: 'failed', reason } : null;
}

/** A release of what serves already ends in its first state. */
function asItWas(release: Release): Conclusion | null {
  const { refusal, revision } = release;
  return refusal !== null && revision === null && servesAlready(release)
    ? { outcome: 'unchanged', reason: refusal }
    : null;
}

/** A release that was asked to end early, and did. */
function asFarAsAsked({ request, refusal, failures, schema, rehearsal }: Release): Conclusion | null {
  if (request === null || request.until === 'release' || refusal !== null || Object.keys(failures).length > 0)
    return null;
  const pending = schema.pending.flatMap(({ plugin, migrations }) => migrations.map((name) => `${plugin}/${name}`));
  const migrations = pending.length === 0 ? 'No migrations are pending.' : `Pending migrations: ${pending.join(', ')}.`;
  return request.until === 'plan'
    ? { outcome: 'planned', reason: `Planned only, as asked; nothing was changed. ${migrations}` }
    : {
        outcome: 'rehearsed',
        reason: `Rehearsed only, as asked; nothing was changed. ${migrations} ${rehearsal?.reason ?? ''}`.trim(),
      };
}

/** Why the release was given up: the judge's reasons, or what failed. */
function causeText(release: Release): string {
  if (release.decision?.verdict === 'fail') return release.decision.reasons.join(' ');
  if (release.promotion !== null && release.promotion.reason !== '') return release.promotion.reason;
  return failureText(release);
}

/** What Catch recorded, in words. */
export function failureText({ failures }: Pick<Release, 'failures'>): string {
  const texts = Object.entries(failures).map(
    ([state, { Error, Cause }]) =>
      (Error === 'Cancelled' ? '' : `${state} failed with ${Error}: `) + failureMessage(Cause),
  );
  return texts.join(' ') || 'No failure was recorded.';
}

/** Lambda's Cause is a JSON document with the error's message. */
function failureMessage(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage);
  } catch {
    // Not every cause is JSON; then it is words already.
  }
  return cause.slice(0, 500);
}
