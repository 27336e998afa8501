import { describeExecution } from '../aws/executions.ts';
import { putRelease, readRelease } from '../aws/ledger.ts';
import { type LineOfDescent, lineOf } from '../domain/descent.ts';
import type { Release } from '../domain/release.ts';
import type { RecoverRequest } from '../domain/rollback.ts';
import { adopt } from './adopt.ts';
import { environment } from './environment.ts';
import { longestStepSeconds, lookAtLock } from './lock.ts';
import type { RollingBack } from './roll-back.ts';

/** Recoveries of one release that may fail before a person is called. */
const attempts = 2;

/**
 * Brings a release to its end whose execution ended without doing so: aborted, timed out, or failed
 * outside its own catchers. Leaves at once when the release's lock is not held any more by that
 * execution, or by a recovery of it that failed as well.
 */
export async function recover(release: RollingBack, { recover: asked }: RecoverRequest, now: string): Promise<Release> {
  const ended = await describeExecution(asked.execution);
  const line = await trace(asked.execution, ended.input);
  if (line.service === null) return leave(release, `Its input names no service: it never held a lock.`);
  const service = line.service;
  const view = await lookAtLock(environment('LEDGER_TABLE'), service, release.execution, now);
  const known: RollingBack = { ...release, service };
  if (view.kind === 'own') return adopt(known, { ...view, kind: 'own' }, now, asked.status);
  if (view.kind !== 'abandoned' || !line.executions.includes(view.holder.execution)) {
    await endRefused(service, asked, ended.startedAt, now);
    return leave(release, 'The lock is not held by it: it has ended by itself, or somebody has recovered it.');
  }
  if (line.recoveries >= attempts) return giveUp(known, view.holder.release);
  const left = Math.ceil(longestStepSeconds - view.seconds);
  if (left > 0) return { ...release, wait: { seconds: left, resume: 'Open' } };
  return adopt(known, view, now, asked.status);
}

/** From the execution that ended back to the one that it was to recover, and so on to the first. */
async function trace(execution: string, input: string | null): Promise<LineOfDescent> {
  const inputOf = async (arn: string) => (arn === execution ? input : (await describeExecution(arn)).input);
  return lineOf(execution, inputOf, attempts + 1);
}

/** One that never got the lock, and ended before Close had told so: nobody else comes back to its entry. */
async function endRefused(
  service: string,
  { execution, status }: RecoverRequest['recover'],
  startedAt: string | null,
  now: string,
): Promise<void> {
  const release = execution.split(':').at(-1);
  if (startedAt === null || release === undefined) return;
  const table = environment('LEDGER_TABLE');
  const left = await readRelease(table, service, { release, since: startedAt });
  if (left === null || left.outcome !== null || left.token !== null) return;
  const reason = `${left.refusal ?? 'It never got the lock; nothing was changed.'} Its execution ended as ${status} after ${left.state.name}.`;
  await putRelease(table, { ...left, outcome: 'refused', reason, closedAt: now });
}

function leave(release: RollingBack, why: string): Release {
  return {
    ...release,
    service: '(none)',
    refusal: `Nothing to recover. ${why}`,
    rollback: { ...release.rollback, end: 'not-needed' },
  };
}

function giveUp(release: RollingBack, id: string): Release {
  return {
    ...release,
    refusal: `Release ${id} of ${release.service} was abandoned, and ${attempts} recoveries of it have failed: it holds the lock, and nobody has proven what serves. See docs/runbook.md, "An execution that was aborted". A rollback or a release that is started in ten minutes takes the lock over.`,
    rollback: { ...release.rollback, end: 'given-up' },
  };
}
