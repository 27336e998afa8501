import { z } from 'zod';
import { activeDeployment } from '../aws/codedeploy.ts';
import { imageDigest } from '../aws/ecr.ts';
import { putRelease, readRelease } from '../aws/ledger.ts';
import { putEvent } from '../aws/notifications.ts';
import { servesAlready } from '../domain/already-live.ts';
import type { Abandoned } from '../domain/lock.ts';
import { newRelease, type Release } from '../domain/release.ts';
import { parseRequest, type ReleaseRequest } from '../domain/request.ts';
import type { ServiceDescription } from '../domain/service.ts';
import { admit } from './admission.ts';
import { environment } from './environment.ts';
import { acquire } from './lock.ts';
import { readService } from './read-service.ts';
import { Refusal } from './refusal.ts';
import { step } from './step.ts';
import { type DeployedService, findBlue, isShapePending, readScaling } from './what-serves.ts';

interface Known extends DeployedService {
  readonly request: ReleaseRequest;
}

/** Lets a release in, or refuses it in words. A refusal is an outcome, not an error. */
export const handler = step('Open', z.unknown(), async (input, context) => {
  let release = newRelease(context.execution, context.execution.startedAt);
  try {
    const parsed = parseRequest(input);
    if ('refusal' in parsed) throw new Refusal(parsed.refusal);
    const { request } = parsed;
    release = { ...release, request, service: request.service };
    const service = await readService(environment('ENVIRONMENT'), request.service);
    if (typeof service === 'string') throw new Refusal(service);
    const known: Known = { request, ...service };
    release = { ...release, ...service, image: await findImage(known) };
    const { token, after } = await lock(release, known, context.now);
    const abandoned = after.map((each) => each.release);
    release = { ...release, token, abandoned, scaling: await readScaling(known, after) };
    await endAbandoned(release, after);
    const blue = await findBlue(known);
    release = { ...release, blue };
    if (servesAlready(release)) {
      release = { ...release, blue: { ...blue, shapePending: await isShapePending(known, blue) } };
    }
    if (servesAlready(release)) {
      throw new Refusal(`${request.version} is live already: the same image under sequence ${request.sequence}.`);
    }
    refuseOlder(request, blue);
    const { refusal, notes, errorBudget } = await admit(request, known.description, blue.targetGroup, context.now);
    release = { ...release, admission: [...notes], errorBudget };
    if (refusal !== null) throw new Refusal(refusal);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...release, refusal: error.message };
  }
  await putEvent('Release started', release);
  return release;
});

async function findImage({ request, description }: Known): Promise<NonNullable<Release['image']>> {
  const { name, uri } = description.repository;
  const digest = await imageDigest(name, request.image);
  if (digest === null) {
    throw new Refusal(`The repository ${name} has no image ${request.image}. Push it, or name a tag or digest it has.`);
  }
  return { digest, uri: `${uri}@${digest}` };
}

async function lock(release: Release, { description }: Known, now: string) {
  const by = { release: release.id, execution: release.execution, since: release.openedAt };
  const table = environment('LEDGER_TABLE');
  const result = await acquire(table, release.service, { by, now }, () => unfinishedDeployment(description));
  if ('busy' in result) throw new Refusal(result.busy);
  return result;
}

/** Nobody has recovered them, and nobody will: their entries end here. */
async function endAbandoned({ id, service, token, openedAt }: Release, after: readonly Abandoned[]): Promise<void> {
  const table = environment('LEDGER_TABLE');
  for (const each of after) {
    const left = await readRelease(table, service, each);
    if (left === null || left.outcome !== null) continue;
    const reason = `It ended in ${left.state.name} without a word, and nobody recovered it; release ${id} took its lock over.`;
    await putRelease(table, { ...left, token, outcome: 'failed', reason, closedAt: openedAt });
  }
}

/** What an aborted release, or a person at the console, has left: CodeDeploy takes no second one. */
async function unfinishedDeployment({ codeDeploy, ecsService }: ServiceDescription): Promise<string | null> {
  const id = await activeDeployment(codeDeploy);
  return id === null
    ? null
    : `The CodeDeploy deployment ${id} of ${ecsService} is not over. Wait for its end, or stop it: aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled`;
}

function refuseOlder(request: ReleaseRequest, blue: NonNullable<Release['blue']>): void {
  if (blue.sequence !== null && request.sequence < blue.sequence && !request.allowOlder) {
    throw new Refusal(
      `Sequence ${request.sequence} is older than ${blue.sequence}, which is live (${blue.version}). Set allowOlder to release it all the same.`,
    );
  }
}
