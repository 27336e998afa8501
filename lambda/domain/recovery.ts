import type { Release } from './release.ts';

/** A release that has been in one of them may have changed something. */
const changing = ['Snapshot', 'Migrate', 'Shift', 'Observe', 'Promote', 'Retreat', 'Mend', 'Verify'];

/**
 * The document with which a release that was abandoned is brought to its end: its own, under the
 * execution that has taken its lock over. It goes on from Retreat, or to Close when nothing had been
 * changed, or nothing is left to do.
 *
 * @param left as its last step stored it
 * @param why how its execution ended, in words
 */
export function adopted(
  left: Release,
  by: Pick<Release, 'execution' | 'token' | 'rollback'>,
  why: { readonly status: string; readonly text: string },
): Release {
  const taken: Release = {
    ...left,
    ...by,
    failures: { ...left.failures, Execution: { Error: why.status, Cause: why.text } },
    wait: null,
  };
  const closing = left.promotion?.done === true || left.outcome !== null;
  if (closing || !mayHaveChanged(left))
    return { ...taken, refusal: left.refusal ?? `${why.text} Nothing was changed.` };
  // Its migration may have begun, although nobody has stored that; but none begins before the snapshot is there.
  const mayHaveMigrated = left.schema.changes && left.schema.migrate === null && left.snapshot?.available === true;
  const Migrate = { Error: why.status, Cause: 'The migration may have begun.' };
  return {
    ...taken,
    failures: mayHaveMigrated ? { Migrate, ...taken.failures } : taken.failures,
    refusal: null,
    retreat: null,
    mend: null,
    verification: null,
    wait: { seconds: 1, resume: 'Retreat' },
  };
}

/** What the state after the last stored one does may have begun. */
function mayHaveChanged({ timings, refusal, token, blue, wait }: Release): boolean {
  if (token === null || blue === null || refusal !== null) return false;
  return changing.some((state) => state in timings) || ('Rehearse' in timings && wait?.resume !== 'Rehearse');
}
