import { createHash } from 'node:crypto';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { readAppSpec } from './appspec.ts';
import type { AlarmWatch, Deployment, Wait } from './deployment.ts';
import { predefinedConfigs, type TrafficRouting, trafficSteps } from './deployment-config.ts';
import type { DeploymentGroup, RollbackEvent } from './deployment-group.ts';
import { ForwardDeployment } from './forward-deployment.ts';
import type { CodeDeployPorts } from './ports.ts';
import { RollbackDeployment } from './rollback.ts';

export interface DeploymentRequest {
  readonly application: string;
  readonly group: string;
  readonly config?: string | undefined;
  readonly description: string;
  readonly appSpec: string | undefined;
  /** In place of the group's. */
  readonly alarms?: AlarmWatch | undefined;
  readonly rollbackOn?: readonly RollbackEvent[] | undefined;
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const longestDescription = 256;
const mostAlarms = 10;

/** CodeDeploy for the ECS compute platform: applications, groups, configurations, and one active deployment per group. */
export class CodeDeploy {
  readonly #clock: Clock;
  readonly #ports: CodeDeployPorts;
  readonly #configs = new Map<string, TrafficRouting>(Object.entries(predefinedConfigs));
  readonly #groups = new Map<string, DeploymentGroup>();
  readonly #deployments: Deployment[] = [];

  constructor(clock: Clock, ports: CodeDeployPorts) {
    this.#clock = clock;
    this.#ports = ports;
  }

  get ports(): CodeDeployPorts {
    return this.#ports;
  }

  putConfig(name: string, routing: TrafficRouting): void {
    this.#configs.set(name, routing);
  }

  /** @throws ServiceError AlarmsLimitExceededException */
  putGroup(group: DeploymentGroup): void {
    refuseManyAlarms(group.alarms);
    this.#groups.set(`${group.application}/${group.name}`, group);
  }

  groups(): readonly DeploymentGroup[] {
    return [...this.#groups.values()];
  }

  /** @throws ServiceError DeploymentGroupDoesNotExistException */
  group(application: string, name: string): DeploymentGroup {
    const group = this.#groups.get(`${application}/${name}`);
    if (group) return group;
    throw new ServiceError(
      'DeploymentGroupDoesNotExistException',
      `No Deployment Group found for name: ${name} in application ${application}`,
    );
  }

  /** Newest first. */
  deployments(): readonly Deployment[] {
    return this.#deployments;
  }

  /** @throws ServiceError DeploymentDoesNotExistException */
  deployment(id: string | undefined): Deployment {
    const deployment = this.#deployments.find(({ options }) => options.id === id);
    if (deployment) return deployment;
    throw new ServiceError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
  }

  /** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html */
  create(request: DeploymentRequest): Deployment {
    const group = this.group(request.application, request.group);
    if (request.description.length > longestDescription) {
      throw new ServiceError(
        'DescriptionTooLongException',
        `A description has at most ${longestDescription} characters, not ${request.description.length}.`,
      );
    }
    const alarms = request.alarms ?? group.alarms;
    refuseManyAlarms(alarms);
    const config = request.config ?? group.config;
    const steps = trafficSteps(this.#routing(config));
    const taskSet = readAppSpec(request.appSpec);
    this.#refuseSecond(group);
    const deployment = new ForwardDeployment(
      {
        id: this.#nextId(),
        group,
        config,
        description: request.description,
        creator: 'user',
        alarms,
        rollbackOn: request.rollbackOn ?? group.rollbackOn,
        sha256: sha256(request.appSpec ?? ''),
        taskSet,
        steps,
      },
      this.#clock,
      this.#ports,
      (ended) => this.#rollBack(ended),
    );
    this.#deployments.unshift(deployment);
    deployment.start();
    return deployment;
  }

  /** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ContinueDeployment.html */
  continue(id: string | undefined, wait: Wait): void {
    const deployment = this.deployment(id);
    if (deployment.over) throw alreadyCompleted(deployment);
    if (!(deployment instanceof ForwardDeployment) || deployment.waitsFor !== wait) {
      throw new ServiceError(
        'DeploymentIsNotInReadyStateException',
        `The deployment ${id} is not in the wait ${wait}: its status is ${deployment.status}.`,
      );
    }
    deployment.continue();
  }

  /**
   * "autoRollbackEnabled: whether instances that have been updated should be rolled back"; without it the
   * group's configuration decides (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html).
   * To stop a stopped deployment succeeds again ("subsequent calls to stop the deployment return a status of
   * succeeded", https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html#deployment-stop-fail-ecs).
   * A rollback that is under way goes on.
   * @returns whether the deployment is stopped now
   */
  stop(id: string | undefined, rollBack: boolean | undefined): boolean {
    const deployment = this.deployment(id);
    if (deployment.status === 'Stopped') return true;
    if (deployment.over) throw alreadyCompleted(deployment);
    if (!(deployment instanceof ForwardDeployment)) return false;
    return deployment.stop(rollBack ?? deployment.options.rollbackOn.includes('DEPLOYMENT_STOP_ON_REQUEST'));
  }

  /** No alarm stops it: the one that made it necessary still fires. */
  #rollBack(ended: ForwardDeployment): string {
    const { id: endedId, group, config, sha256: revision } = ended.options;
    const rollback = new RollbackDeployment(
      ended,
      {
        id: this.#nextId(),
        group,
        config,
        description: `Rollback of ${endedId}`,
        creator: 'codeDeployRollback',
        alarms: { names: [], ignorePollFailure: true },
        rollbackOn: [],
        sha256: revision,
      },
      this.#clock,
      this.#ports,
    );
    this.#deployments.unshift(rollback);
    rollback.start();
    return rollback.options.id;
  }

  #routing(config: string): TrafficRouting {
    const routing = this.#configs.get(config);
    if (routing) return routing;
    throw new ServiceError(
      'DeploymentConfigDoesNotExistException',
      `No Deployment Configuration found for name: ${config}`,
    );
  }

  #refuseSecond(group: DeploymentGroup): void {
    const active = this.#deployments.find(
      ({ options, over }) =>
        options.group.application === group.application && options.group.name === group.name && !over,
    );
    if (!active) return;
    throw new ServiceError(
      'DeploymentLimitExceededException',
      `The Deployment Group '${group.name}' already has an active Deployment '${active.options.id}'`,
    );
  }

  #nextId(): string {
    return `d-${sha256(`${this.#clock.now()}/${this.#deployments.length}`).slice(0, 9).toUpperCase()}`;
  }
}

function alreadyCompleted({ options, status }: Deployment): ServiceError {
  return new ServiceError(
    'DeploymentAlreadyCompletedException',
    `The deployment ${options.id} has already completed: its status is ${status}.`,
  );
}

function refuseManyAlarms({ names }: AlarmWatch): void {
  if (names.length <= mostAlarms) return;
  throw new ServiceError(
    'AlarmsLimitExceededException',
    `A deployment group has at most ${mostAlarms} alarms, not ${names.length}.`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
