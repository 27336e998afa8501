import { suspension } from '../aws/autoscaling.ts';
import * as ecs from '../aws/ecs.ts';
import { ruleWeights } from '../aws/elb.ts';
import * as ledger from '../aws/ledger.ts';
import type { Abandoned } from '../domain/lock.ts';
import { isPending } from '../domain/pending-shape.ts';
import type { Release } from '../domain/release.ts';
import type { ServiceDescription, ServiceShape } from '../domain/service.ts';
import { soleTargetGroup } from '../domain/serving.ts';
import { environment } from './environment.ts';
import { Refusal } from './refusal.ts';

export interface DeployedService {
  readonly description: ServiceDescription;
  readonly shape: ServiceShape;
}

/**
 * The version that serves: the primary task set, on the target group that the production rule forwards to.
 * @throws Refusal when two versions serve, or none
 */
export async function findBlue({ description, shape }: DeployedService): Promise<NonNullable<Release['blue']>> {
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
    shapePending: false,
  };
}

/** Whether blue runs with another shape than the one that was deployed last. */
export async function isShapePending(
  { description, shape }: DeployedService,
  blue: NonNullable<Release['blue']>,
): Promise<boolean> {
  const sets = await ecs.taskSets(description.cluster, description.ecsService);
  const [live, wanted] = [
    await ecs.taskDefinition(blue.taskDefinition),
    await ecs.taskDefinition(shape.taskDefinition),
  ];
  const network = sets?.find(({ status }) => status === 'PRIMARY')?.network;
  return isPending({ live: live.definition, wanted: wanted.definition, shape, network });
}

/**
 * What Close is to put back. Read before Shift suspends it; after releases that were aborted while it
 * was suspended, what the first of them had read.
 */
export async function readScaling(
  { description }: DeployedService,
  after: readonly Abandoned[],
): Promise<Release['scaling']> {
  for (const abandoned of after) {
    const left = await ledger.readRelease(environment('LEDGER_TABLE'), description.service, abandoned);
    if (left?.scaling) return left.scaling;
  }
  return suspension(description.cluster, description.ecsService);
}
