import type { DeploymentStatus } from '@aws-sdk/client-codedeploy';
import type { Clock, Timer } from '../clock/clock.ts';
import type { TrafficStep } from './deployment-config.ts';
import type { DeploymentGroup, RollbackEvent } from './deployment-group.ts';
import { Lifecycle, type LifecycleEventName } from './lifecycle.ts';
import type { CodeDeployPorts, NewTaskSet, TaskSetView } from './ports.ts';

/** How often CodeDeploy looks at tasks and alarms; the documentation gives no number. */
const pollMs = 5_000;
/** "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes." */
const installTimeoutMs = 60 * 60_000;
const minuteMs = 60_000;

export type Wait = 'READY_WAIT' | 'TERMINATION_WAIT';
export type Creator = 'user' | 'codeDeployRollback';

export interface DeploymentOptions {
  readonly id: string;
  readonly group: DeploymentGroup;
  readonly config: string;
  readonly description: string;
  readonly creator: Creator;
  /** Alarms that stop this deployment: the group's, or the request's in their place. */
  readonly alarms: readonly string[];
  readonly rollbackOn: readonly RollbackEvent[];
}

/** What every deployment shows, whether it goes forward or back. */
export abstract class Deployment {
  readonly options: DeploymentOptions;
  readonly createdAt: number;
  readonly lifecycle = new Lifecycle();
  status: DeploymentStatus = 'Created';
  startedAt: number | null = null;
  completedAt: number | null = null;
  error: { readonly code: string; readonly message: string } | null = null;
  /** The deployment that takes this one back. */
  rollbackId: string | null = null;
  /** The deployment that this one takes back. */
  takesBack: string | null = null;
  greenId: string | null = null;
  blueId: string | null = null;
  protected readonly clock: Clock;
  protected readonly ports: CodeDeployPorts;

  constructor(options: DeploymentOptions, clock: Clock, ports: CodeDeployPorts) {
    this.options = options;
    this.clock = clock;
    this.ports = ports;
    this.createdAt = clock.now();
  }

  get over(): boolean {
    return this.completedAt !== null;
  }

  /** The wait that ContinueDeployment can end now. */
  get waitsFor(): Wait | null {
    return null;
  }

  taskSet(id: string | null): TaskSetView | undefined {
    return this.ports.taskSets.list(this.options.group.service)?.find((set) => set.id === id);
  }

  protected end(status: DeploymentStatus): void {
    this.status = status;
    this.completedAt = this.clock.now();
  }

  /** Sends `percent` of a listener's traffic to green, the rest to blue; the one without traffic stays in the rule at 0. */
  protected route(listener: string | null, green: string, percent: number): void {
    if (listener === null) return;
    const [one, other] = this.options.group.targetGroups;
    const blue = green === one ? other : one;
    this.ports.routes.route(listener, [
      { targetGroup: green, weight: percent },
      { targetGroup: blue, weight: 100 - percent },
    ]);
  }
}

class Cut extends Error {}

export interface ForwardOptions extends DeploymentOptions {
  readonly taskSet: Omit<NewTaskSet, 'targetGroup' | 'externalId'>;
  readonly steps: readonly TrafficStep[];
}

/**
 * One blue/green deployment of an ECS service, event by event
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html). Green's tasks start
 * behind the other target group, take the test listener's traffic, wait for ContinueDeployment where the
 * group asks for it, and get users' traffic by the configuration's steps; blue is kept for the termination
 * wait and then deleted. Alarms are watched throughout.
 */
export class ForwardDeployment extends Deployment {
  readonly #forward: ForwardOptions;
  readonly #rollBack: (deployment: ForwardDeployment) => string;
  #waitsFor: Wait | null = null;
  #timer: Timer | null = null;
  #wake: ((cut: Cut | null) => void) | null = null;
  #alarmTimer: Timer | null = null;
  #deletesBlue = false;

  constructor(
    options: ForwardOptions,
    clock: Clock,
    ports: CodeDeployPorts,
    rollBack: (deployment: ForwardDeployment) => string,
  ) {
    super(options, clock, ports);
    this.#forward = options;
    this.#rollBack = rollBack;
  }

  override get waitsFor(): Wait | null {
    return this.#waitsFor;
  }

  /** Goes on at once from the wait that is on. */
  continue(): void {
    this.#wakeUp(null);
  }

  start(): void {
    void this.#run().catch((error: unknown) => {
      if (error instanceof Cut) return;
      this.fail('INTERNAL_ERROR', error instanceof Error ? error.message : String(error));
    });
    this.#watchAlarms();
  }

  /**
   * A person or a program has asked for it.
   * @returns false once blue is being deleted: there is nothing left to go back to, and the deployment completes
   */
  stop(rollBack: boolean): boolean {
    if (this.#deletesBlue) return false;
    this.#cut('Stopped', null, rollBack);
    return true;
  }

  /** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html */
  fail(code: string, message: string): void {
    this.#cut('Failed', { code, message }, this.options.rollbackOn.includes('DEPLOYMENT_FAILURE'));
  }

  async #run(): Promise<void> {
    this.status = 'Queued';
    await this.#sleep(0);
    this.status = 'InProgress';
    this.startedAt = this.clock.now();
    const green = this.#findColours();

    await this.#event('BeforeInstall');
    await this.#event('Install', () => this.#install(green));
    await this.#event('AfterInstall');
    await this.#event('AllowTestTraffic', async () => this.route(this.options.group.testListener, green, 100));
    await this.#event('AfterAllowTestTraffic');
    await this.#readyWait();
    await this.#event('BeforeAllowTraffic');
    await this.#event('AllowTraffic', () => this.#shift(green));
    await this.#event('AfterAllowTraffic');
    await this.#wait('TERMINATION_WAIT', this.options.group.terminationWaitMinutes * minuteMs);
    await this.#deleteBlue();
    this.end('Succeeded');
  }

  #findColours(): string {
    const { service, targetGroups } = this.options.group;
    const blue = this.ports.taskSets.list(service)?.find((set) => set.status === 'PRIMARY');
    if (!blue) throw new Error(`The service ${service.service} has no primary task set.`);
    this.blueId = blue.id;
    return blue.targetGroup === targetGroups[0] ? targetGroups[1] : targetGroups[0];
  }

  /** "CodeDeploy waits until the replacement task set is steady": all its tasks run and their targets are healthy. */
  async #install(green: string): Promise<void> {
    const { taskSets, routes } = this.ports;
    const id = taskSets.create(this.options.group.service, {
      ...this.#forward.taskSet,
      targetGroup: green,
      externalId: this.options.id,
    });
    this.greenId = id;
    const deadline = this.clock.now() + installTimeoutMs;
    for (;;) {
      const set = this.taskSet(id);
      const { registered, healthy } = routes.health(green);
      const steady = set !== undefined && set.runningCount === set.desiredCount && set.pendingCount === 0;
      if (steady && registered >= set.desiredCount && healthy === registered) return;
      if (this.clock.now() >= deadline) {
        this.fail(
          'TIMEOUT',
          'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
        );
      }
      await this.#sleep(pollMs);
    }
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
    const continued = await this.#wait('READY_WAIT', readyWaitMinutes * minuteMs);
    if (!continued) {
      this.#cut('Stopped', null, this.options.rollbackOn.includes('DEPLOYMENT_FAILURE'));
      throw new Cut();
    }
    this.status = 'InProgress';
  }

  async #shift(green: string): Promise<void> {
    for (const { percent, minutes } of this.#forward.steps) {
      this.route(this.options.group.productionListener, green, percent);
      await this.#sleep(minutes * minuteMs);
    }
    if (this.greenId !== null) this.ports.taskSets.makePrimary(this.options.group.service, this.greenId);
  }

  async #deleteBlue(): Promise<void> {
    if (this.blueId === null) return;
    this.#deletesBlue = true;
    this.#alarmTimer?.cancel();
    this.ports.taskSets.delete(this.options.group.service, this.blueId);
    while (this.taskSet(this.blueId) !== undefined) await this.#sleep(pollMs);
  }

  async #event(name: LifecycleEventName, work: () => Promise<void> = async () => undefined): Promise<void> {
    this.lifecycle.begin(name, this.clock.now());
    await work();
    this.lifecycle.succeed(name, this.clock.now());
    await this.#sleep(1000);
  }

  /** @returns whether ContinueDeployment ended the wait */
  async #wait(wait: Wait, ms: number): Promise<boolean> {
    const until = this.clock.now() + ms;
    this.#waitsFor = wait;
    try {
      await this.#sleep(ms);
    } finally {
      this.#waitsFor = null;
    }
    return this.clock.now() < until;
  }

  async #sleep(ms: number): Promise<void> {
    if (this.over) throw new Cut();
    const cut = await new Promise<Cut | null>((resolve) => {
      this.#wake = resolve;
      this.#timer = this.clock.after(ms, () => this.#wakeUp(null));
    });
    if (cut !== null || this.over) throw cut ?? new Cut();
  }

  #wakeUp(cut: Cut | null): void {
    this.#timer?.cancel();
    this.#wake?.(cut);
    this.#wake = null;
  }

  #watchAlarms(): void {
    const firing = this.ports.alarms.firing(this.options.alarms);
    if (firing.length > 0) {
      const message = `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected: ${firing.join(', ')}`;
      const rollBack = this.options.rollbackOn.includes('DEPLOYMENT_STOP_ON_ALARM');
      this.#cut('Stopped', { code: 'ALARM_ACTIVE', message }, rollBack);
      return;
    }
    this.#alarmTimer = this.clock.after(pollMs, () => this.#watchAlarms());
  }

  #cut(status: 'Failed' | 'Stopped', error: Deployment['error'], rollBack: boolean): void {
    if (this.over) return;
    this.#alarmTimer?.cancel();
    this.error = error;
    this.lifecycle.cutShort(this.clock.now());
    this.end(status);
    if (rollBack) this.rollbackId = this.#rollBack(this);
    this.#wakeUp(new Cut());
  }
}
