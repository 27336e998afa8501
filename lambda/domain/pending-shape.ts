import { isDeepStrictEqual } from 'node:util';
import type { AwsVpcConfiguration, TaskDefinition } from '@aws-sdk/client-ecs';
import { assigned, newRevision } from './revision.ts';
import type { ServiceShape } from './service.ts';

export interface Compared {
  /** The revision that serves. */
  readonly live: TaskDefinition | undefined;
  /** The one that `cdk deploy` wrote last, with the bootstrap image. */
  readonly wanted: TaskDefinition | undefined;
  readonly shape: ServiceShape;
  /** In which the serving tasks run. */
  readonly network: AwsVpcConfiguration | undefined;
}

/**
 * Whether what serves runs with another shape than the one that was deployed last: then the next release
 * brings that one, and releasing the same image again will do. Told from what the revisions say, not from
 * their times: a deployment that changed nothing registers nothing.
 */
export function isPending({ live, wanted, shape, network }: Compared): boolean {
  if (live === undefined || wanted === undefined) return false;
  const { container } = shape;
  const image = live.containerDefinitions?.find(({ name }) => name === container)?.image ?? '';
  const bootstrap = wanted.containerDefinitions?.find(({ name }) => name === container)?.image;
  const same = image === bootstrap ? isSame(live, wanted) : isSame(live, released(wanted, container, image));
  return !same || (network !== undefined && !isSameNetwork(network, shape));
}

/** As a release would register it. */
function released(wanted: TaskDefinition, container: string, image: string): object {
  return newRevision({ shape: wanted, container, image, release: '' });
}

function isSame(live: TaskDefinition, other: object): boolean {
  return isDeepStrictEqual(essence(live), essence(other));
}

/** Without what ECS assigns, tags, and what is empty: it answers `[]` where nothing was given. */
function essence(definition: object): unknown {
  const ignored = new Set<string>([...assigned, 'tags']);
  return JSON.parse(
    JSON.stringify(definition, (name, value: unknown) => {
      if (ignored.has(name)) return undefined;
      if (name === 'environment' && Array.isArray(value)) return byName(value);
      return isEmpty(value) ? undefined : value;
    }),
  );
}

/** ECS does not promise the order of environment variables. */
function byName(value: readonly unknown[]): unknown[] {
  return value.map((each) => JSON.stringify(each)).toSorted();
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const sorted = (list: readonly string[] = []): string[] => [...list].toSorted();

function isSameNetwork({ subnets, securityGroups }: AwsVpcConfiguration, shape: ServiceShape): boolean {
  return (
    isDeepStrictEqual(sorted(subnets), sorted(shape.subnets)) &&
    isDeepStrictEqual(sorted(securityGroups), sorted(shape.securityGroups))
  );
}
