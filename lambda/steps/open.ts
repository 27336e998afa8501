import { z } from 'zod';
import { suspension } from '../aws/autoscaling.ts';
import { alarmStates } from '../aws/cloudwatch.ts';
import { activeDeployment } from '../aws/codedeploy.ts';
import { imageDigest } from '../aws/ecr.ts';
import * as ecs from '../aws/ecs.ts';
import { ruleWeights } from '../aws/elb.ts';
import * as ledger from '../aws/ledger.ts';
import { putEvent } from '../aws/notifications.ts';
import { newRelease, type Release } from '../domain/release.ts';
import { parseRequest, type ReleaseRequest } from '../domain/request.ts';
import type { ServiceDescription, ServiceShape } from '../domain/service.ts';
import { soleTargetGroup } from '../domain/serving.ts';
import { firing } from '../domain/verdict.ts';
import { admit } from './admission.ts';
import { environment } from './environment.ts';
import { acquire } from './lock.ts';
import { readService } from './read-service.ts';
import { type StepContext, step } from './step.ts';

/** A reason to refuse the request, in words for the person who sent it. */
class Refusal extends Error {}

interface Known {
  readonly request: ReleaseRequest;
  readonly description: ServiceDescription;
  readonly shape: ServiceShape;
}

/** Lets a release in, or refuses it in words. A refusal is an outcome, not an error. */
export const handler = step('Open', z.unknown(), async (input, context) => {
  let release = newRelease(context.execution, context.now);
  try {
    const parsed = parseRequest(input);
    if ('refusal' in parsed) throw new Refusal(parsed.refusal);
    const { request } = parsed;
    release = { ...release, request, service: request.service };
    const service = await readService(environment('ENVIRONMENT'), request.service);
    if (typeof service === 'string') throw new Refusal(service);
    const known: Known = { request, ...service };
    release = { ...release, ...service, image: await findImage(known) };
    const { token, after } = await lock(release, known, context);
    release = { ...release, token, tookOverFrom: after?.release ?? null, scaling: await readScaling(known, after) };
    release = { ...release, blue: await findBlue(known) };
    const { refusal, notes, errorBudget } = await admit(request, known.description, context.now);
    release = { ...release, admission: [...notes], errorBudget };
    if (refusal !== null) throw new Refusal(refusal);
    await refuseUnfit(known, release);
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

async function lock(release: Release, { description }: Known, context: StepContext) {
  const by = { release: release.id, execution: release.execution, since: context.now };
  const table = environment('LEDGER_TABLE');
  const result = await acquire(table, release.service, by, () => unfinishedDeployment(description));
  if ('busy' in result) throw new Refusal(result.busy);
  return result;
}

/** What an aborted release, or a person at the console, has left: CodeDeploy takes no second one. */
async function unfinishedDeployment({ codeDeploy, ecsService }: ServiceDescription): Promise<string | null> {
  const id = await activeDeployment(codeDeploy);
  return id === null
    ? null
    : `The CodeDeploy deployment ${id} of ${ecsService} is not over. Wait for its end, or stop it: aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled`;
}

/** The version that serves: the primary task set, on the target group that the production rule forwards to. */
async function findBlue({ description, shape }: Known): Promise<NonNullable<Release['blue']>> {
  const { cluster, ecsService, loadBalancer, repository } = description;
  const sets = await ecs.taskSets(cluster, ecsService);
  const primary = sets?.find((each) => each.status === 'PRIMARY');
  if (primary === undefined) {
    throw new Refusal(
      `The cluster ${cluster} runs no primary task set of ${ecsService}: there is nothing to go back to.`,
    );
  }
  const targetGroup = soleTargetGroup(await ruleWeights(loadBalancer.productionRule));
  if (targetGroup === null || (primary.targetGroup !== null && primary.targetGroup !== targetGroup)) {
    throw new Refusal(
      `Users of ${ecsService} are not all served by its primary task set ${primary.id}: the production rule ${loadBalancer.productionRule} forwards elsewhere. Mend that first.`,
    );
  }
  const { definition } = await ecs.taskDefinition(primary.taskDefinition);
  const image = definition.containerDefinitions?.find((each) => each.name === shape.container)?.image ?? '';
  const digest = image.startsWith(`${repository.uri}@`) ? image.slice(repository.uri.length + 1) : null;
  const live = await ledger.readLive(environment('LEDGER_TABLE'), description.service);
  const told = live?.taskDefinition === primary.taskDefinition ? live : null;
  return {
    taskDefinition: primary.taskDefinition,
    targetGroup,
    digest,
    bootstrap: !image.startsWith(repository.uri),
    sequence: told?.sequence ?? null,
    version: told?.version ?? null,
  };
}

/**
 * What Close is to put back. Read before Shift suspends it; after a release that was aborted while it
 * was suspended, what that one had read.
 */
async function readScaling({ description }: Known, after: ledger.Abandoned | null): Promise<Release['scaling']> {
  const left = after && (await ledger.readAbandoned(environment('LEDGER_TABLE'), description.service, after));
  return left?.scaling ?? suspension(description.cluster, description.ecsService);
}

async function refuseUnfit({ request, description }: Known, { blue }: Release): Promise<void> {
  const live = blue?.sequence ?? null;
  if (live !== null && request.sequence < live && !request.allowOlder) {
    throw new Refusal(
      `Sequence ${request.sequence} is older than ${live}, which is live (${blue?.version}). Set allowOlder to release it all the same.`,
    );
  }
  if (request.policy === 'hotfix') return;
  const loud = firing(await alarmStates(description.alarms));
  if (loud.length > 0) {
    throw new Refusal(
      `Before anything was changed, ${loud.join(', ')} is in ALARM, and CodeDeploy would stop the deployment. Mend that first, or release with the policy hotfix.`,
    );
  }
}
