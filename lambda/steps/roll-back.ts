import { activeDeployment } from '../aws/codedeploy.ts';
import { takeLock } from '../aws/lock.ts';
import { putEvent } from '../aws/notifications.ts';
import { putSignal } from '../aws/signals.ts';
import type { Version } from '../domain/known-good.ts';
import type { Holder } from '../domain/lock.ts';
import { environmentNames } from '../domain/names.ts';
import type { Release } from '../domain/release.ts';
import { documentRequestSchema } from '../domain/request.ts';
import type { Rollback, RollbackRequest } from '../domain/rollback.ts';
import type { ServiceDescription } from '../domain/service.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { adopt } from './adopt.ts';
import { environment } from './environment.ts';
import { heirOf, type LockView, leftToRecoverySeconds, lookAtLock } from './lock.ts';
import { readService } from './read-service.ts';
import { Refusal } from './refusal.ts';
import { findTarget, refuseImpossible } from './rollback-target.ts';
import { type DeployedService, findBlue, readScaling } from './what-serves.ts';

/** A rollback's document in the making. */
export type RollingBack = Release & { readonly rollback: Rollback };

/**
 * Brings the last known-good version back, or the one that was named. A release that runs is asked to
 * cancel, and its end is awaited; another rollback is awaited.
 * @throws Refusal before anything is touched, when it cannot be done
 */
export async function rollBack(release: RollingBack, asked: RollbackRequest, now: string): Promise<Release> {
  const service = await readService(environment('ENVIRONMENT'), asked.service);
  if (typeof service === 'string') throw new Refusal(service);
  const known: RollingBack = { ...release, ...service };
  if (release.rollback.waitedFor === null && asked.to !== undefined) await refuseImpossible(asked.to, service);
  const view = await lookAtLock(environment('LEDGER_TABLE'), release.service, release.execution, now);
  if (view.kind === 'own' && view.lock.holder?.release !== release.id)
    return adopt(known, { ...view, kind: 'own' }, now);
  const obstacle = await whatStandsInTheWay(view, service.description);
  if (obstacle === null) return open(known, asked, { view, service, now });
  if (view.kind === 'abandoned' && view.seconds >= leftToRecoverySeconds) return adopt(known, view, now);
  if (isPast(release.openedAt, patience(service.description), now)) {
    throw new Refusal(`${obstacle} Nothing was changed in ${patience(service.description)} s of waiting for it.`);
  }
  if (view.kind === 'running' && !isRollback(view.holder)) await cancel(view.holder, release, asked, now);
  const waitedFor = 'holder' in view ? view.holder.release : release.rollback.waitedFor;
  const seconds = pollInterval(secondsBetween(release.openedAt, now));
  return {
    ...known,
    rollback: { ...release.rollback, waitedFor },
    reason: obstacle,
    wait: { seconds, resume: 'Open' },
  };
}

async function whatStandsInTheWay(view: LockView, description: ServiceDescription): Promise<string | null> {
  if ('holder' in view) {
    const { release, execution, since } = view.holder;
    const state = view.kind === 'running' ? 'is running' : 'ended without giving the lock back, and is being recovered';
    return `Release ${release} of ${description.service}, opened at ${since}, holds the lock and ${state}: ${execution}.`;
  }
  // CodeDeploy may be rolling back what a release has left; it takes no second deployment.
  const id = view.kind === 'own' ? null : await activeDeployment(description.codeDeploy);
  return id === null
    ? null
    : `The CodeDeploy deployment ${id} of ${description.ecsService} is not over. It can be stopped: aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled.`;
}

/** A release that has been told to end takes this long at most, in seconds: a migration is not cut short. */
function patience({ deadlines: { taskSeconds, migrationSeconds, shiftSeconds, retreatSeconds } }: ServiceDescription) {
  return 2 * migrationSeconds + shiftSeconds + retreatSeconds + 2 * taskSeconds + leftToRecoverySeconds;
}

function isRollback({ execution }: Holder): boolean {
  return execution.includes(`:${environmentNames(environment('ENVIRONMENT')).rollbackStateMachine}:`);
}

async function cancel(holder: Holder, { id }: Release, { requestedBy, reason }: RollbackRequest, at: string) {
  const word = { by: requestedBy, reason: `Rollback ${id}: ${reason}`, at };
  await putSignal(environment('LEDGER_TABLE'), holder.release, 'CANCEL', word);
}

interface Free {
  readonly view: LockView;
  readonly service: DeployedService;
  readonly now: string;
}

/** The lock is free, or has been taken by this rollback before. */
async function open(release: RollingBack, asked: RollbackRequest, { view, service, now }: Free): Promise<Release> {
  const table = environment('LEDGER_TABLE');
  const { id, execution, openedAt } = release;
  const after = view.kind === 'own' ? (view.lock.holder?.after ?? []) : heirOf(view);
  const by = { release: id, execution, since: openedAt, after };
  const token = view.kind === 'own' ? view.lock.token : await takeLock(table, release.service, view.lock, by);
  if (token === null) return { ...release, wait: { seconds: pollInterval(0), resume: 'Open' } };
  const blue = await findBlue(service);
  const held: RollingBack = { ...release, token, blue, scaling: await readScaling(service, after), reason: '' };
  let found: Awaited<ReturnType<typeof findTarget>>;
  try {
    found = await findTarget(service, { live: blue, to: asked.to, waitedFor: release.rollback.waitedFor, now });
  } catch (error) {
    if (error instanceof Refusal) return { ...held, refusal: error.message };
    throw error;
  }
  if ('nothingToDo' in found) {
    return { ...held, refusal: found.nothingToDo, rollback: { ...held.rollback, end: 'nothing-to-do' } };
  }
  const opened: Release = { ...held, ...bring(found.target, asked, service) };
  await putEvent('Release started', opened);
  return opened;
}

/** The document's part that says what is to be brought: the version's own revision, as it ran before. */
function bring(target: Version, { service, reason, requestedBy }: RollbackRequest, { description }: DeployedService) {
  const { version, sequence, digest, taskDefinition } = target;
  return {
    request: documentRequestSchema.parse({
      service,
      image: digest,
      version,
      sequence,
      policy: 'rollback',
      requestedBy,
      reason,
    }),
    image: { digest, uri: `${description.repository.uri}@${digest}` },
    revision: taskDefinition,
  };
}
