import { z } from 'zod';
import { suspend } from '../aws/autoscaling.ts';
import { tagImage } from '../aws/ecr.ts';
import * as ecs from '../aws/ecs.ts';
import { isTransient } from '../aws/errors.ts';
import * as ledger from '../aws/ledger.ts';
import { publish, putEvent } from '../aws/notifications.ts';
import { startedBy } from '../domain/identifiers.ts';
import { knownGoodTagPrefix } from '../domain/names.ts';
import { conclude } from '../domain/outcome.ts';
import { newRelease, type Release, releaseSchema } from '../domain/release.ts';
import { parseRequest } from '../domain/request.ts';
import { environment } from './environment.ts';
import { type StepContext, step } from './step.ts';

/** The workflow could not bring the release to a proven end: the execution fails, after everybody was told. */
export class ReleaseFailed extends Error {
  override readonly name = 'ReleaseFailed';
}

/**
 * Ends the release, whatever happened to it: concludes, tidies up, writes the final entry, gives the
 * lock back, tells. Each act may be repeated; the lock goes back after the entry is final, and what
 * needs the lock comes before that.
 */
export const handler = step('Close', z.unknown(), async (input, context) => {
  const release = readRelease(input, context);
  const table = environment('LEDGER_TABLE');
  const { outcome, reason } = conclude(release);
  const lock = await ledger.readLock(table, release.service);
  const holdsLock = lock.holder?.execution === release.execution;
  const problems = [
    ...(await attempt('stop its one-off tasks', () => stopLeftovers(release))),
    ...(holdsLock ? await attempt('resume autoscaling', () => resumeScaling(release)) : []),
    ...(holdsLock && outcome === 'released'
      ? await attempt('tag the image known-good', () => tagKnownGood(release))
      : []),
  ];
  const closed: Release = {
    ...release,
    outcome,
    reason: [reason, ...problems].join(' '),
    closedAt: context.now,
    state: { name: 'Close', at: context.now },
  };
  if (holdsLock && outcome === 'released') await recordLive(closed, context.now);
  await ledger.putRelease(table, closed);
  await ledger.releaseLock(table, release.service, release.execution);
  await publish(environment('RELEASE_TOPIC_ARN'), closed);
  await putEvent('Release ended', closed);
  if (outcome === 'failed') throw new ReleaseFailed(closed.reason);
  return closed;
});

/** The document; or, when Open itself failed, one made of the execution's input. */
function readRelease(input: unknown, { execution, now }: StepContext): Release {
  const parsed = releaseSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { failures, ...raw } = z.looseObject({ failures: releaseSchema.shape.failures }).parse(input);
  const asked = parseRequest(raw);
  const request = 'request' in asked ? asked.request : null;
  return { ...newRelease(execution, now), request, service: request?.service ?? '(none)', failures };
}

/** What fails for good is told, and must not keep the rest from happening. */
async function attempt(what: string, act: () => Promise<void>): Promise<string[]> {
  try {
    await act();
    return [];
  } catch (error) {
    if (isTransient(error)) throw error;
    return [`Could not ${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Its own, and those of the aborted release that it took the lock over from: nobody else stops them. */
async function stopLeftovers({ id, description, tookOverFrom }: Release): Promise<void> {
  if (description === null) return;
  for (const release of tookOverFrom === null ? [id] : [id, tookOverFrom]) {
    for (const task of await ecs.runningTasksStartedBy(description.cluster, startedBy(release))) {
      await ecs.stopTask(description.cluster, task, 'The release is over');
    }
  }
}

async function resumeScaling({ description, scaling, deployment, failures, tookOverFrom }: Release): Promise<void> {
  const suspended = deployment !== null || failures['Shift'] !== undefined || tookOverFrom !== null;
  if (description === null || scaling === null || !suspended) return;
  await suspend(description.cluster, description.ecsService, scaling);
}

async function tagKnownGood({ description, image, request }: Release): Promise<void> {
  if (description === null || image === null || request === null) return;
  await tagImage(description.repository.name, image.digest, `${knownGoodTagPrefix}${request.sequence}`);
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
