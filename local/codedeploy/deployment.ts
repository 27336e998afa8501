import type { DeploymentStatus, ErrorCode } from '@aws-sdk/client-codedeploy';
import type { Clock } from '../clock/clock.ts';
import type { DeploymentGroup, RollbackEvent } from './deployment-group.ts';
import { Lifecycle } from './lifecycle.ts';
import type { CodeDeployPorts, TaskSetView } from './ports.ts';

export type Wait = 'READY_WAIT' | 'TERMINATION_WAIT';

/** Alarms that stop a deployment. */
export interface AlarmWatch {
  readonly names: readonly string[];
  /** Whether the deployment goes on when an alarm's state cannot be read. */
  readonly ignorePollFailure: boolean;
}

export interface DeploymentOptions {
  readonly id: string;
  readonly group: DeploymentGroup;
  readonly config: string;
  readonly description: string;
  readonly creator: 'user' | 'codeDeployRollback';
  /** The group's, or the request's in their place. */
  readonly alarms: AlarmWatch;
  readonly rollbackOn: readonly RollbackEvent[];
  /** Of the AppSpec. */
  readonly sha256: string;
}

export interface DeploymentError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What every deployment shows, whether it goes forward or back. Times in milliseconds since the epoch. */
export abstract class Deployment {
  readonly options: DeploymentOptions;
  readonly createdAt: number;
  readonly lifecycle = new Lifecycle();
  status: DeploymentStatus = 'Created';
  startedAt: number | null = null;
  completedAt: number | null = null;
  error: DeploymentError | null = null;
  /** The deployment that takes this one back. */
  rollbackId: string | null = null;
  /** The deployment that this one takes back. */
  takesBack: string | null = null;
  rollbackMessage: string | null = null;
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

  taskSets(): readonly TaskSetView[] {
    return this.ports.taskSets.list(this.options.group.service) ?? [];
  }

  taskSet(id: string | null): TaskSetView | undefined {
    return this.taskSets().find((set) => set.id === id);
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
