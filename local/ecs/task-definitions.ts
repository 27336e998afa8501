import type {
  ListTaskDefinitionsCommandInput,
  RegisterTaskDefinitionCommandInput,
  Tag,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { ServiceError } from '../aws/operation.ts';
import { ecsArn, type Place, shortName } from './names.ts';

export interface Revision {
  readonly arn: string;
  readonly family: string;
  readonly number: number;
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
  active: boolean;
}

/**
 * Task definitions by family and revision
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html).
 */
export class TaskDefinitions {
  readonly #place: Place;
  readonly #families = new Map<string, Revision[]>();

  constructor(place: Place) {
    this.#place = place;
  }

  register(input: RegisterTaskDefinitionCommandInput, now: number): Revision {
    const { tags, ...content } = input;
    const family = input.family ?? '';
    if (!/^[\w-]{1,255}$/.test(family)) {
      throw new ServiceError('ClientException', `The family '${family}' is no name of letters, digits, - and _.`);
    }
    if ((input.containerDefinitions ?? []).length === 0) {
      throw new ServiceError('ClientException', `Task definition ${family}: container list cannot be empty.`);
    }
    const revisions = this.#families.get(family) ?? [];
    this.#families.set(family, revisions);
    const number = revisions.length + 1;
    const arn = ecsArn(this.#place, `task-definition/${family}:${number}`);
    const definition: TaskDefinition = {
      ...content,
      taskDefinitionArn: arn,
      revision: number,
      status: 'ACTIVE',
      compatibilities: ['EC2', 'FARGATE'],
      registeredAt: new Date(now),
    };
    const revision = { arn, family, number, definition, tags: tags ?? [], active: true };
    revisions.push(revision);
    return revision;
  }

  /** By ARN or `family:revision`; by `family` alone the latest ACTIVE one. */
  find(name: string): Revision | undefined {
    const [family = '', number] = shortName(name).split(':');
    const revisions = this.#families.get(family) ?? [];
    if (number === undefined) return revisions.findLast((revision) => revision.active);
    return revisions.find((revision) => String(revision.number) === number);
  }

  /**
   * For new tasks, task sets and services, which an INACTIVE revision is refused
   * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html).
   * @throws ClientException
   */
  usable(name: string): Revision {
    const revision = this.find(name);
    if (revision === undefined) throw new ServiceError('ClientException', `Unable to find task definition '${name}'.`);
    if (!revision.active) throw new ServiceError('ClientException', `TaskDefinition is inactive: ${revision.arn}`);
    return revision;
  }

  /** Tasks and services that use the revision go on. */
  deregister(name: string, now: number): Revision {
    const revision = this.find(name);
    if (revision === undefined) {
      throw new ServiceError('ClientException', `The specified task definition '${name}' does not exist.`);
    }
    revision.active = false;
    revision.definition.status = 'INACTIVE';
    revision.definition.deregisteredAt = new Date(now);
    return revision;
  }

  list(input: ListTaskDefinitionsCommandInput): readonly Revision[] {
    const active = (input.status ?? 'ACTIVE') === 'ACTIVE';
    const listed = [...this.#families.keys()]
      .toSorted()
      .filter((family) => input.familyPrefix === undefined || family === input.familyPrefix)
      .flatMap((family) => this.#families.get(family) ?? [])
      .filter((revision) => revision.active === active);
    return input.sort === 'DESC' ? listed.toReversed() : listed;
  }
}
