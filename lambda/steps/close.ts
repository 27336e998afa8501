import { z } from 'zod';
import { suspend } from '../aws/autoscaling.ts';
import { tagImage } from '../aws/ecr.ts';
import * as ecs from '../aws/ecs.ts';
import { isTransient, LockLost } from '../aws/errors.ts';
import * as ledger from '../aws/ledger.ts';
import { readLock, releaseLock } from '../aws/lock.ts';
import { publish, putEvent } from '../aws/notifications.ts';
import { startedBy } from '../domain/identifiers.ts';
import { knownGoodTag } from '../domain/names.ts';
import { conclude, failureText } from '../domain/outcome.ts';
import type { Release } from '../domain/release.ts';
import { documentOf } from './document.ts';
import { environment } from './environment.ts';
import { step } from './step.ts';
import { dropLeftCopies } from './sweep.ts';

/** The workflow could not bring the release to a proven end: the execution fails, after everybody was told. */
export class ReleaseFailed extends Error {
  override readonly name = 'ReleaseFailed';
}

/**
 * Ends the release, whatever happened to it: records what is live, tidies up, writes the final entry,
 * gives the lock back, tells. Each act may be repeated; what needs the lock comes before it goes back,
 * and it goes back after the entry is final.
 */
export const handler = step('Close', z.unknown(), async (input, context) => {
  const release = documentOf(input, context);
  const table = environment('LEDGER_TABLE');
  const { holder, token } = await readLock(table, release.service);
  const holds = holder?.execution === release.execution;
  // It took an abandoned release's lock over, and failed before it had the release's document.
  const stranded = holds && holder.release !== release.id;
  if (stranded) throw new ReleaseFailed(`Release ${holder.release} is not recovered. ${failureText(release)}`);
  const closed = await finish({ ...release, token: holds ? token : release.token }, holds, context.now);
  if (holds) await releaseLock(table, release.service, release.execution);
  const nobodyAsked = closed.rollback?.end === 'not-needed';
  if (!nobodyAsked) {
    await publish(environment('RELEASE_TOPIC_ARN'), closed);
    await putEvent('Release ended', closed);
  }
  // An execution that fails is recovered; one that has given up recovering is not to be recovered again.
  if (closed.outcome === 'failed' && closed.rollback?.end !== 'given-up') throw new ReleaseFailed(closed.reason);
  return closed;
});

/** The release as it ends; or as it has ended, when Close itself is run again. */
async function finish(release: Release, holdsLock: boolean, now: string): Promise<Release> {
  const table = environment('LEDGER_TABLE');
  const { outcome, reason } = conclude(release);
  const released = holdsLock && outcome === 'released';
  if (released) await recordLive(release, now);
  const problems = [
    ...(await attempt('stop its one-off tasks', () => stopLeftovers(release))),
    ...(holdsLock ? await attempt('drop what is left of scratch copies', () => dropLeftCopies(release)) : []),
    ...(holdsLock ? await attempt('resume autoscaling', () => resumeScaling(release)) : []),
    ...(released ? await attempt('tag the image known-good', () => tagKnownGood(release)) : []),
  ];
  const closed: Release = {
    ...release,
    outcome,
    reason: [reason, ...problems].join(' '),
    closedAt: now,
    state: { name: 'Close', at: now },
    timings: { ...release.timings, Close: { first: now, last: now, visits: 1 } },
  };
  if (await ledger.putRelease(table, closed)) return closed;
  const stored = await ledger.readRelease(table, release.service, { release: release.id, since: release.openedAt });
  if (stored !== null && stored.outcome !== null) return { ...stored, execution: release.execution };
  throw new LockLost(
    `Release ${release.id} has been taken over by ${stored?.execution ?? 'a newer one'}, which ends it.`,
  );
}

/** What fails for good, and then once more, is told, and must not keep the rest from happening. */
async function attempt(what: string, act: () => Promise<void>, again = true): Promise<string[]> {
  try {
    await act();
    return [];
  } catch (error) {
    if (isTransient(error)) throw error;
    // Nobody comes back to it later, and even a refusal may pass: roles take a moment to be known everywhere.
    if (again) return attempt(what, act, false);
    return [`Could not ${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Its own, and those of the aborted releases that it took the lock over from: nobody else stops them. */
async function stopLeftovers({ id, description, abandoned }: Release): Promise<void> {
  if (description === null) return;
  for (const release of [id, ...abandoned]) {
    for (const task of await ecs.runningTasksStartedBy(description.cluster, startedBy(release))) {
      await ecs.stopTask(description.cluster, task, 'The release is over');
    }
  }
}

/** An execution that ended before Shift had told what it did may have suspended it too. */
async function resumeScaling({ description, scaling, deployment, failures, abandoned }: Release): Promise<void> {
  const cutShort = failures['Shift'] !== undefined || failures['Execution'] !== undefined;
  const suspended = deployment !== null || cutShort || abandoned.length > 0;
  if (description === null || scaling === null || !suspended) return;
  await suspend(description.cluster, description.ecsService, scaling);
}

async function tagKnownGood({ description, image, request }: Release): Promise<void> {
  if (description === null || image === null || request === null) return;
  await tagImage(description.repository.name, image.digest, knownGoodTag(request.sequence, image.digest));
}

async function recordLive({ id, service, request, image, revision, token }: Release, now: string): Promise<void> {
  if (request === null || image === null || revision === null || token === null) return;
  await ledger.putLive(
    environment('LEDGER_TABLE'),
    service,
    {
      release: id,
      version: request.version,
      sequence: request.sequence,
      digest: image.digest,
      taskDefinition: revision,
      since: now,
    },
    token,
  );
}
