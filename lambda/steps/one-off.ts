import * as ecs from '../aws/ecs.ts';
import { clientToken, startedBy } from '../domain/identifiers.ts';
import type { OpenedRelease } from '../domain/release.ts';
import type { ServiceShape } from '../domain/service.ts';
import { fence } from './step.ts';

/** One task outside the service. */
export interface OneOff {
  /** Names it among the release's tasks: each runs once. */
  readonly purpose: string;
  readonly taskDefinition: string;
  /** Whose task it is, for those who stop all tasks of a release. @default the release's */
  readonly owner?: string;
  readonly command?: readonly string[];
  /** Added to the container's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Apart from the world, with a role that may do nothing; else as the service's own tasks. */
  readonly confined?: ServiceShape['rehearsal'];
}

/** Starts it, or finds it when it was started before. @returns its ARN */
export async function startOneOff(
  release: OpenedRelease,
  { purpose, taskDefinition, owner = release.id, command, environment, confined }: OneOff,
): Promise<string> {
  await fence(release);
  return ecs.runTask({
    cluster: release.description.cluster,
    taskDefinition,
    shape: release.shape,
    startedBy: startedBy(owner),
    // A recovery runs the release's tasks once more: its fencing token is another.
    clientToken: clientToken(`${release.id} ${release.token}`, purpose),
    ...(command && { command }),
    ...(environment && { environment }),
    ...(confined && { confined }),
  });
}
