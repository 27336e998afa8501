import { createHash } from 'node:crypto';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { readAppSpec } from './appspec.ts';
import { type Deployment, ForwardDeployment, type Wait } from './deployment.ts';
import { predefinedConfigs, type TrafficRouting, trafficSteps } from './deployment-config.ts';
import type { DeploymentGroup, RollbackEvent } from './deployment-group.ts';
import type { CodeDeployPorts } from './ports.ts';
import { RollbackDeployment } from './rollback.ts';

export interface DeploymentRequest {
  readonly application: string;
  readonly group: string;
  readonly config?: string | undefined;
  readonly description: string;
  readonly appSpec: string | undefined;
  /** In place of the group's. */
  readonly alarms?: readonly string[] | undefined;
  readonly rollbackOn?: readonly RollbackEvent[] | undefined;
}

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

  putGroup(group: DeploymentGroup): void {
    this.#groups.set(`${group.application}/${group.name}`, group);
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
    this.#refuseSecond(group);
    const config = request.config ?? group.config;
    const routing = this.#configs.get(config);
    if (!routing) {
      throw new ServiceError(
        'DeploymentConfigDoesNotExistException',
        `No Deployment Configuration found for name: ${config}`,
      );
    }
    const deployment = new ForwardDeployment(
      {
        id: this.#nextId(),
        group,
        config,
        description: request.description,
        creator: 'user',
        alarms: request.alarms ?? group.alarms,
        rollbackOn: request.rollbackOn ?? group.rollbackOn,
        taskSet: readAppSpec(request.appSpec),
        steps: trafficSteps(routing),
      },
      this.#clock,
      this.#ports,
      (cut) => this.#rollBack(cut),
    );
    this.#deployments.unshift(deployment);
    deployment.start();
    return deployment;
  }

  /** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ContinueDeployment.html */
  continue(id: string | undefined, wait: Wait): void {
    const deployment = this.deployment(id);
    this.#refuseOver(deployment);
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
   * @returns whether the deployment is stopped now
   */
  stop(id: string | undefined, rollBack: boolean | undefined): boolean {
    const deployment = this.deployment(id);
    this.#refuseOver(deployment);
    if (!(deployment instanceof ForwardDeployment)) return false;
    return deployment.stop(rollBack ?? deployment.options.rollbackOn.includes('DEPLOYMENT_STOP_ON_REQUEST'));
  }

  #rollBack(cut: ForwardDeployment): string {
    const { group, config } = cut.options;
    const rollback = new RollbackDeployment(
      cut,
      {
        id: this.#nextId(),
        group,
        config,
        description: `Rollback of ${cut.options.id}`,
        creator: 'codeDeployRollback',
        alarms: [],
        rollbackOn: [],
      },
      this.#clock,
      this.#ports,
    );
    this.#deployments.unshift(rollback);
    rollback.start();
    return rollback.options.id;
  }

  #refuseSecond(group: DeploymentGroup): void {
    const active = this.#deployments.find(({ options, over }) => options.group === group && !over);
    if (!active) return;
    throw new ServiceError(
      'DeploymentLimitExceededException',
      `The Deployment Group '${group.name}' already has an active Deployment '${active.options.id}'`,
    );
  }

  #refuseOver({ over, options, status }: Deployment): void {
    if (!over) return;
    throw new ServiceError(
      'DeploymentAlreadyCompletedException',
      `The deployment ${options.id} has already completed: its status is ${status}.`,
    );
  }

  #nextId(): string {
    const digest = createHash('sha256').update(`${this.#clock.now()}/${this.#deployments.length}`).digest('hex');
    return `d-${digest.slice(0, 9).toUpperCase()}`;
  }
}
