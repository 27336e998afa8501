import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { TargetAddress, TargetStatus } from '../elb/target-group.ts';
import type { Task } from './task.ts';
import type { Revision } from './task-definitions.ts';

export interface TaskSetInput {
  readonly revision: Revision;
  readonly targetGroup: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly network: NetworkConfiguration | undefined;
  readonly platformVersion: string;
  /** ID of the CodeDeploy deployment that makes the task set; null for a service's first. */
  readonly externalId: string | null;
}

/** A service's tasks of one revision, behind one target group. */
export class TaskSet {
  readonly input: TaskSetInput;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tasks: Task[] = [];
  /** PRIMARY serves production traffic, ACTIVE may, DRAINING is being deleted. */
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING' = 'ACTIVE';
  updatedAt: number;
  /** Tasks in a row that never ran. */
  failures = 0;
  /** The scheduler waits before it starts another task. */
  throttled = false;

  constructor(input: TaskSetInput, id: string, arn: string, createdAt: number) {
    this.input = input;
    this.id = id;
    this.arn = arn;
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
  }

  get live(): readonly Task[] {
    return this.tasks.filter((task) => task.isLive);
  }

  get runningCount(): number {
    return this.tasks.filter((task) => task.lastStatus === 'RUNNING').length;
  }

  get pendingCount(): number {
    return this.live.filter((task) => task.lastStatus !== 'RUNNING').length;
  }

  /** Every task set is at 100 % of the service's desired count: CodeDeploy asks for no other scale. */
  computedDesiredCount(desiredCount: number): number {
    return this.status === 'DRAINING' ? 0 : desiredCount;
  }

  addressOf(task: Task): TargetAddress | null {
    return task.ip === null ? null : { ip: task.ip, port: this.input.containerPort };
  }
}

/**
 * STEADY_STATE: as many tasks run as should, none is pending, and all are "reporting a healthy status from
 * the load balancers" (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html). A target
 * group that no listener forwards to reports nothing, and therefore nothing bad.
 */
export function isSteady(
  set: TaskSet,
  desiredCount: number,
  statusOf: (address: TargetAddress) => TargetStatus | undefined,
): boolean {
  if (set.runningCount !== set.computedDesiredCount(desiredCount) || set.pendingCount > 0) return false;
  return set.live.every((task) => {
    const address = set.addressOf(task);
    const status = address === null ? undefined : statusOf(address);
    return status === 'healthy' || status === 'unused';
  });
}

const longestPauseMs = 15 * 60_000;
const firstPauseMs = 10_000;

/**
 * How long the scheduler waits before it replaces a task that ended by itself. Tasks that never ran are
 * replaced ever more slowly, up to 15 minutes; a task that has run is replaced at once, even when it crashes
 * again and again (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html).
 * The steps in between are not documented: here the pause doubles from ten seconds, and "at once" is after
 * the second that the scheduler needs to notice.
 */
export function pauseBeforeReplacement(failuresInARow: number): number {
  if (failuresInARow === 0) return 1000;
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failuresInARow - 1));
}
