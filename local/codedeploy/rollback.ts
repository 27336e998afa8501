import type { Clock } from '../clock/clock.ts';
import { Deployment, type DeploymentOptions } from './deployment.ts';
import type { ForwardDeployment } from './forward-deployment.ts';
import type { CodeDeployPorts } from './ports.ts';

const stepMs = 2_000;

/**
 * A rollback: "technically a new deployment, with a new deployment ID"
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html). For ECS it
 * "reroutes traffic from the replacement task set back to the original task set"
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/welcome.html#blue-green-overview) and deletes the
 * replacement.
 */
export class RollbackDeployment extends Deployment {
  readonly #triggeredBy: ForwardDeployment;

  constructor(triggeredBy: ForwardDeployment, options: DeploymentOptions, clock: Clock, ports: CodeDeployPorts) {
    super(options, clock, ports);
    this.#triggeredBy = triggeredBy;
    this.takesBack = triggeredBy.options.id;
    this.blueId = triggeredBy.blueId;
    this.greenId = triggeredBy.greenId;
  }

  start(): void {
    this.clock.after(stepMs, () => this.#reroute());
  }

  #reroute(): void {
    this.status = 'InProgress';
    this.startedAt = this.clock.now();
    this.lifecycle.begin('AllowTraffic', this.clock.now());
    const { group } = this.options;
    const blue = this.taskSet(this.#triggeredBy.blueId);
    if (blue) {
      this.route(group.productionListener, blue.targetGroup, 100);
      this.route(group.testListener, blue.targetGroup, 100);
      this.ports.taskSets.makePrimary(group.service, blue.id);
    }
    this.clock.after(stepMs, () => this.#deleteGreen());
  }

  #deleteGreen(): void {
    const { greenId } = this.#triggeredBy;
    if (greenId !== null && this.taskSet(greenId)?.status === 'ACTIVE') {
      this.ports.taskSets.delete(this.options.group.service, greenId);
    }
    if (this.taskSet(greenId) !== undefined) {
      this.clock.after(stepMs, () => this.#deleteGreen());
      return;
    }
    this.lifecycle.succeed('AllowTraffic', this.clock.now());
    this.lifecycle.cutShort(this.clock.now());
    this.end('Succeeded');
  }
}
