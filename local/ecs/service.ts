import type { NetworkConfiguration, ServiceEvent } from '@aws-sdk/client-ecs';
import { ServiceError } from '../aws/operation.ts';
import type { TaskDefinitions } from './task-definitions.ts';
import type { TaskSet, TaskSetInput } from './task-set.ts';

export interface ServiceInput {
  readonly arn: string;
  readonly name: string;
  readonly clusterArn: string;
  readonly createdAt: number;
  readonly network: NetworkConfiguration | undefined;
  readonly platformVersion: string;
  readonly role: string | undefined;
}

/** A service with the deployment controller CODE_DEPLOY: its tasks live in task sets. */
export class Service {
  readonly input: ServiceInput;
  readonly taskSets: TaskSet[] = [];
  readonly events: ServiceEvent[] = [];
  desiredCount: number;
  healthCheckGracePeriodSeconds: number;

  constructor(input: ServiceInput, desiredCount: number, healthCheckGracePeriodSeconds: number) {
    this.input = input;
    this.desiredCount = desiredCount;
    this.healthCheckGracePeriodSeconds = healthCheckGracePeriodSeconds;
  }

  get name(): string {
    return this.input.name;
  }

  get primary(): TaskSet | undefined {
    return this.taskSets.find((set) => set.status === 'PRIMARY');
  }

  /** The newest first, of which DescribeServices gives a hundred. */
  tell(message: string, id: string, now: number): void {
    this.events.unshift({ id, createdAt: new Date(now), message: `(service ${this.name}) ${message}` });
    this.events.length = Math.min(this.events.length, 100);
  }
}

/**
 * Checks a load-balanced container against its task definition, as CreateService and CreateTaskSet do.
 * @throws ClientException, InvalidParameterException
 */
export function checkTaskSet(input: TaskSetInput, definitions: TaskDefinitions): void {
  const { definition, arn } = definitions.usable(input.revision.arn);
  const container = definition.containerDefinitions?.find(({ name }) => name === input.containerName);
  if (container === undefined) {
    throw new ServiceError(
      'InvalidParameterException',
      `The container ${input.containerName} does not exist in the task definition ${arn}.`,
    );
  }
  if (!container.portMappings?.some(({ containerPort }) => containerPort === input.containerPort)) {
    throw new ServiceError(
      'InvalidParameterException',
      `The container ${input.containerName} did not have a container port ${input.containerPort} defined.`,
    );
  }
}

/** What UpdateService refuses for CODE_DEPLOY, and the name that its message gives it. */
const refusals: Readonly<Record<string, string>> = {
  taskDefinition: 'task definition',
  networkConfiguration: 'network parameters',
  platformVersion: 'platform version',
  loadBalancers: 'load balancers',
  serviceRegistries: 'service registries',
  launchType: 'launch type',
  capacityProviderStrategy: 'capacity provider strategy',
};

/**
 * "For services using the blue/green (CODE_DEPLOY) deployment controller, only the desired count, deployment
 * configuration, health check grace period, task placement constraints and strategies, enable ECS managed tags
 * option, and propagate tags can be updated using this API."
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html)
 * @throws InvalidParameterException
 */
export function refuseCodeDeployUpdate(input: object): void {
  for (const [field, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    if (field === 'forceNewDeployment' && value === true) {
      throw new ServiceError(
        'InvalidParameterException',
        'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. ' +
          'Use AWS CodeDeploy to trigger a new deployment.',
      );
    }
    const what = refusals[field];
    if (what === undefined) continue;
    throw new ServiceError(
      'InvalidParameterException',
      `Unable to update ${what} on services with a CODE_DEPLOY deployment controller. ` +
        'Use AWS CodeDeploy to trigger a new deployment.',
    );
  }
}
