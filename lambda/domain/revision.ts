import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';

/** Tag that names the release which registered a revision. */
export const releaseTag = 'understudy:release';

/** What DescribeTaskDefinition tells and RegisterTaskDefinition does not take. */
export const assigned = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
] as const satisfies readonly (keyof TaskDefinition)[];

export interface NewRevision {
  readonly shape: TaskDefinition;
  readonly container: string;
  /** `repository@sha256:…` */
  readonly image: string;
  readonly release: string;
}

/**
 * The shape with the release's image in the service's container. The shape's own image is the
 * bootstrap image, which needs a command; the release's image brings its own.
 *
 * @throws RangeError when the shape has no such container
 */
export function newRevision({ shape, container, image, release }: NewRevision): RegisterTaskDefinitionCommandInput {
  const containers = shape.containerDefinitions ?? [];
  if (!containers.some((each) => each.name === container)) {
    const names = containers.map((each) => each.name).join(', ');
    throw new RangeError(
      `The shape task definition ${shape.taskDefinitionArn} has no container ${container}, it has: ${names}. Deploy the service's stack again.`,
    );
  }
  const kept = Object.fromEntries(
    Object.entries(shape).filter(([name]) => !assigned.some((each) => each === name)),
  ) as Omit<TaskDefinition, (typeof assigned)[number]>;
  return {
    ...kept,
    family: shape.family,
    containerDefinitions: containers.map((each) => {
      if (each.name !== container) return each;
      const { command: _command, entryPoint: _entryPoint, ...rest } = each;
      return { ...rest, image };
    }),
    tags: [{ key: releaseTag, value: release }],
  };
}
