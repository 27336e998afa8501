import { ServiceError } from '../aws/operation.ts';
import type { Clock, Timer } from '../clock/clock.ts';
import { Deployment, type DeploymentError, type DeploymentOptions, type Wait } from './deployment.ts';
import type { TrafficStep } from './deployment-config.ts';
import type { LifecycleEventName } from './lifecycle.ts';
import { Cut, Pace } from './pace.ts';
import type { CodeDeployPorts, NewTaskSet, TaskSetView } from './ports.ts';

const minuteMs = 60_000;
/** How often CodeDeploy looks at tasks and alarms; the documentation gives no number. */
const pollMs = 5_000;
const betweenEventsMs = 1_000;
/** "CodeDeploy will wait up to an hour for the green task set to reach steady state and won't shift any traffic until it does." */
const installTimeoutMs = 60 * minuteMs;
/** "Traffic will continue to shift for 5 minutes. If the service doesn't reach steady state within 5 minutes, CodeDeploy will stop the deployment and mark it as failed." */
const unsteadyToleranceMs = 5 * minuteMs;

export interface ForwardOptions extends DeploymentOptions {
  readonly taskSet: Omit<NewTaskSet, 'targetGroup' | 'externalId'>;
  readonly steps: readonly TrafficStep[];
}

/** Makes the deployment that takes one back; returns its id. */
export type RollBack = (deployment: ForwardDeployment) => string;

/**
 * One blue/green deployment of an ECS service, event by event
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html). Green's tasks
 * start behind the other target group, take the test listener's traffic, wait for ContinueDeployment where
 * the group asks for it, and get users' traffic by the configuration's steps; blue is kept for the
 * termination wait and then deleted. Alarms are watched throughout, the waits included.
 */
export class ForwardDeployment extends Deployment {
  readonly #forward: ForwardOptions;
  readonly #rollBack: RollBack;
  readonly #pace: Pace;
  #waitsFor: Wait | null = null;
  #watch: Timer | null = null;
  #unsteadySince: number | null = null;
  #shifts = false;
  #deletesBlue = false;

  constructor(options: ForwardOptions, clock: Clock, ports: CodeDeployPorts, rollBack: RollBack) {
    super(options, clock, ports);
    this.#forward = options;
    this.#rollBack = rollBack;
    this.#pace = new Pace(clock);
  }

  override get waitsFor(): Wait | null {
    return this.#waitsFor;
  }

  /** Goes on at once from the wait that is on. */
  continue(): void {
    this.#pace.end();
  }

  start(): void {
    this.status = 'Queued';
    void this.#run().catch((error: unknown) => {
      if (!(error instanceof Cut)) this.#fail(errorOf(error));
    });
  }

  /**
   * A person or a program has asked for it.
   * @returns false once blue is being deleted: there is nothing left to go back to, and the deployment completes
   */
  stop(rollBack: boolean): boolean {
    if (this.#deletesBlue) return false;
    this.#end('Stopped', { code: 'MANUAL_STOP', message: 'The deployment was stopped by a request.' }, rollBack);
    return true;
  }

  async #run(): Promise<void> {
    await this.#pace.wait(betweenEventsMs);
    this.status = 'InProgress';
    this.startedAt = this.clock.now();
    this.#watchOver();
    const green = this.#findColours();
    const { testListener, terminationWaitMinutes } = this.options.group;

    await this.#event('BeforeInstall');
    await this.#event('Install', () => this.#install(green));
    await this.#event('AfterInstall');
    if (testListener === null) this.lifecycle.skip('AllowTestTraffic', 'AfterAllowTestTraffic');
    else {
      await this.#event('AllowTestTraffic', () => this.route(testListener, green, 100));
      await this.#event('AfterAllowTestTraffic');
    }
    await this.#readyWait();
    await this.#event('BeforeAllowTraffic');
    await this.#event('AllowTraffic', () => this.#shift(green));
    await this.#event('AfterAllowTraffic');
    await this.#waitFor('TERMINATION_WAIT', terminationWaitMinutes * minuteMs);
    await this.#deleteBlue();
    this.end('Succeeded');
  }

  /** Blue is the PRIMARY task set; green gets the target group that is not blue's. */
  #findColours(): string {
    const { service, targetGroups, productionListener } = this.options.group;
    const blue = this.taskSets().find((set) => set.status === 'PRIMARY');
    if (blue === undefined) {
      throw new DeploymentFailure('INVALID_ECS_SERVICE', `The service ${service.service} has no primary task set.`);
    }
    if (!this.ports.routes.forwards(productionListener, blue.targetGroup)) {
      throw new DeploymentFailure(
        'ELASTIC_LOAD_BALANCING_INVALID',
        `Primary taskset target group must be behind listener ${productionListener}.`,
      );
    }
    this.blueId = blue.id;
    return blue.targetGroup === targetGroups[0] ? targetGroups[1] : targetGroups[0];
  }

  async #install(green: string): Promise<void> {
    await this.#deleteLeftOver();
    this.greenId = this.ports.taskSets.create(this.options.group.service, {
      ...this.#forward.taskSet,
      targetGroup: green,
      externalId: this.options.id,
    });
    const deadline = this.clock.now() + installTimeoutMs;
    while (!this.taskSet(this.greenId)?.steady) {
      if (this.clock.now() >= deadline) {
        throw new DeploymentFailure(
          'TIMEOUT',
          'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
        );
      }
      await this.#pace.wait(pollMs);
    }
  }

  /**
   * What a deployment that was stopped without a rollback has left. The documentation says that it stays
   * ("components remain in their current state"), not what the next deployment does with it.
   */
  async #deleteLeftOver(): Promise<void> {
    const leftOver = (): readonly TaskSetView[] => this.taskSets().filter(({ id }) => id !== this.blueId);
    for (const { id, status } of leftOver()) {
      if (status === 'ACTIVE') this.ports.taskSets.delete(this.options.group.service, id);
    }
    while (leftOver().length > 0) await this.#pace.wait(pollMs);
  }

  /**
   * "If traffic rerouting is not started before the end of the specified wait period, the deployment status is
   * changed to Stopped" (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentReadyOption.html).
   * Whether that rolls back is not said; here it does where the group rolls back failures.
   */
  async #readyWait(): Promise<void> {
    const { readyWaitMinutes } = this.options.group;
    if (readyWaitMinutes === null) return;
    this.status = 'Ready';
    if (await this.#waitFor('READY_WAIT', readyWaitMinutes * minuteMs)) {
      this.status = 'InProgress';
      return;
    }
    const message = `Traffic was not rerouted within the ${readyWaitMinutes} minutes that the deployment waits for it.`;
    this.#end('Stopped', { code: 'TIMEOUT', message }, this.options.rollbackOn.includes('DEPLOYMENT_FAILURE'));
    throw new Cut();
  }

  async #shift(green: string): Promise<void> {
    this.#shifts = true;
    for (const { percent, minutes } of this.#forward.steps) {
      this.route(this.options.group.productionListener, green, percent);
      if (minutes > 0) await this.#pace.wait(minutes * minuteMs);
    }
    this.#shifts = false;
    if (this.greenId !== null) this.ports.taskSets.makePrimary(this.options.group.service, this.greenId);
  }

  async #deleteBlue(): Promise<void> {
    if (this.blueId === null) return;
    this.#deletesBlue = true;
    this.#watch?.cancel();
    this.ports.taskSets.delete(this.options.group.service, this.blueId);
    while (this.taskSet(this.blueId) !== undefined) await this.#pace.wait(pollMs);
  }

  async #event(name: LifecycleEventName, work?: () => void | Promise<void>): Promise<void> {
    this.lifecycle.begin(name, this.clock.now());
    await work?.();
    this.lifecycle.succeed(name, this.clock.now());
    await this.#pace.wait(betweenEventsMs);
  }

  /** @returns whether ContinueDeployment ended the wait */
  async #waitFor(wait: Wait, ms: number): Promise<boolean> {
    if (ms === 0) return false;
    this.#waitsFor = wait;
    try {
      return await this.#pace.wait(ms);
    } finally {
      this.#waitsFor = null;
    }
  }

  #watchOver(): void {
    const alarm = this.#alarmError();
    if (alarm !== null) {
      this.#end('Stopped', alarm, this.options.rollbackOn.includes('DEPLOYMENT_STOP_ON_ALARM'));
      return;
    }
    if (this.#isUnsteadyForTooLong()) {
      this.#fail({ code: 'ECS_UPDATE_ERROR', message: 'The service did not reach a steady state within 5 minutes.' });
      return;
    }
    this.#watch = this.clock.after(pollMs, () => this.#watchOver());
  }

  /**
   * "If any of the specified alarms are activated, the deployment stops, and the status is updated to Stopped"
   * (https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html); so it does when an
   * alarm's state cannot be read, unless the configuration ignores that
   * (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html).
   */
  #alarmError(): DeploymentError | null {
    const { names, ignorePollFailure } = this.options.alarms;
    const { alarms } = this.ports;
    const firing = names.filter((name) => alarms.state(name) === 'ALARM');
    if (firing.length > 0) {
      return {
        code: 'ALARM_ACTIVE',
        message:
          'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, ' +
          `and the affected deployments have been stopped. Activated alarms: <${firing.join(', ')}>`,
      };
    }
    const unknown = names.filter((name) => alarms.state(name) === undefined);
    if (unknown.length === 0 || ignorePollFailure) return null;
    const message = `The state of these alarms could not be retrieved: ${unknown.join(', ')}`;
    return { code: 'CODEDEPLOY_RESOURCE_CANNOT_BE_FOUND', message };
  }

  #isUnsteadyForTooLong(): boolean {
    if (!this.#shifts || this.taskSets().every((set) => set.steady)) this.#unsteadySince = null;
    else this.#unsteadySince ??= this.clock.now();
    return this.#unsteadySince !== null && this.clock.now() - this.#unsteadySince >= unsteadyToleranceMs;
  }

  /** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html */
  #fail(error: DeploymentError): void {
    this.#end('Failed', error, this.options.rollbackOn.includes('DEPLOYMENT_FAILURE'));
  }

  #end(status: 'Failed' | 'Stopped', error: DeploymentError, rollBack: boolean): void {
    if (this.over) return;
    this.#watch?.cancel();
    this.error = error;
    this.lifecycle.cutShort(this.clock.now());
    this.end(status);
    if (rollBack) this.#takeBack();
    this.#pace.cut();
  }

  /** At BeforeInstall "a rollback is not possible" (reference-appspec-file-structure-hooks.html): there is no green yet. */
  #takeBack(): void {
    if (this.greenId === null)
      this.rollbackMessage = 'There was nothing to roll back: no replacement task set existed.';
    else this.rollbackId = this.#rollBack(this);
  }
}

/** Ends a deployment as Failed. */
class DeploymentFailure extends Error {
  readonly code: DeploymentError['code'];

  constructor(code: DeploymentError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

function errorOf(error: unknown): DeploymentError {
  if (error instanceof DeploymentFailure) return { code: error.code, message: error.message };
  if (error instanceof ServiceError) {
    const message = `The ECS service cannot be updated due to an unexpected error: ${error.message} (${error.code})`;
    return { code: 'ECS_UPDATE_ERROR', message };
  }
  return { code: 'INTERNAL_ERROR', message: error instanceof Error ? error.message : String(error) };
}
