import type { ContainerDefinition, NetworkConfiguration, Tag, TaskOverride, TaskStopCode } from '@aws-sdk/client-ecs';
import { ServiceError } from '../aws/operation.ts';
import type { RunningTask } from '../compute/runtime.ts';
import { shortName } from './names.ts';
import type { Revision } from './task-definitions.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export type LastStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export interface TaskInput {
  readonly arn: string;
  readonly clusterArn: string;
  readonly revision: Revision;
  /** `service:name` or `family:name`. */
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly overrides?: TaskOverride | undefined;
  readonly network?: NetworkConfiguration | undefined;
  readonly platformVersion?: string | undefined;
  readonly tags?: readonly Tag[];
  readonly createdAt: number;
}

/** One task; its lifecycle is the task runner's. Times in milliseconds since the epoch. */
export class Task {
  readonly input: TaskInput;
  readonly id: string;
  readonly container: ContainerDefinition;
  lastStatus: LastStatus = 'PROVISIONING';
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING';
  ip: string | null = null;
  exitCode: number | null = null;
  containerReason: string | null = null;
  stopCode: TaskStopCode | null = null;
  stoppedReason: string | null = null;
  startedAt: number | null = null;
  stoppingAt: number | null = null;
  stoppedAt: number | null = null;
  running: RunningTask | null = null;

  /** @throws ClientException for a task definition that the stage cannot run */
  constructor(input: TaskInput) {
    this.input = input;
    this.id = shortName(input.arn);
    this.container = onlyContainer(input.revision);
  }

  get arn(): string {
    return this.input.arn;
  }

  get command(): readonly string[] | undefined {
    return this.override?.command ?? this.container.command;
  }

  get override() {
    return this.input.overrides?.containerOverrides?.find(({ name }) => name === this.container.name);
  }

  get containerPort(): number | undefined {
    return this.container.portMappings?.[0]?.containerPort;
  }

  /** Started, or on its way there, and meant to stay. */
  get isLive(): boolean {
    return this.desiredStatus === 'RUNNING';
  }
}

function onlyContainer({ arn, definition }: Revision): ContainerDefinition {
  const [container, ...others] = definition.containerDefinitions ?? [];
  if (container !== undefined && others.length === 0) return container;
  throw new ServiceError(
    'ClientException',
    `The stage runs tasks of one container; ${arn} has ${others.length + (container === undefined ? 0 : 1)}.`,
  );
}
