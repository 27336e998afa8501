import { taskMetric } from '../aws/cloudwatch.ts';
import * as ecs from '../aws/ecs.ts';
import { type Green, lostTasks } from '../domain/green-tasks.ts';
import { startedBy } from '../domain/identifiers.ts';
import { type Used, type Utilization, windowMinutes } from '../domain/judge/utilization.ts';
import type { ShiftedRelease } from '../domain/release.ts';

export interface TasksSeen {
  /** Why the tasks that green has lost speak against it; null when they do not. */
  readonly lost: string | null;
  /** Null for a service whose cluster does not tell it. */
  readonly utilization: Utilization | null;
}

const minuteMs = 60_000;

/** What became of green's tasks, and what they use. */
export async function lookAtTasks(release: ShiftedRelease, now: string): Promise<TasksSeen> {
  const { cluster, ecsService, observation } = release.description;
  const { container } = release.shape;
  const stopped = await ecs.stoppedServiceTasks(cluster, ecsService);
  const ended = await ecs.describeTasks(cluster, stopped.slice(0, 100), container);
  const lost = lostTasks(ended, greenOf(release));
  if (!observation.utilization) return { lost, utilization: null };

  const running = await ecs.runningServiceTasks(cluster, ecsService);
  const tasks = await ecs.describeTasks(cluster, running.slice(0, 100), container);
  const of = (taskDefinition: string): string[] =>
    tasks
      .filter((task) => task.taskDefinition === taskDefinition)
      .map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1));
  const { createdAt, bakingSince } = release.deployment;
  // Of green two windows are enough to hold the last whole one.
  const green = await used(release, of(release.revision), minutesBefore(now, 2 * windowMinutes + 10), now);
  const blue = await used(release, of(release.blue.taskDefinition), minutesBefore(createdAt, 60), bakingSince ?? now);
  return { lost, utilization: { green, blue } };
}

async function used(
  { description }: ShiftedRelease,
  tasks: readonly string[],
  from: string,
  to: string,
): Promise<Used> {
  if (tasks.length === 0) return { cpu: [], memory: [], highestMemory: [] };
  const { cluster, ecsService } = description;
  const metric = (name: 'TaskCpuUtilization' | 'TaskMemoryUtilization') =>
    taskMetric({ cluster, service: ecsService, tasks, name, from, to });
  const [cpu, memory] = [await metric('TaskCpuUtilization'), await metric('TaskMemoryUtilization')];
  return {
    cpu: cpu.map(({ at, values }) => ({ at, percent: mean(values) })),
    memory: memory.map(({ at, values }) => ({ at, percent: mean(values) })),
    highestMemory: memory.map(({ at, values }) => ({ at, percent: Math.max(...values) })),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const minutesBefore = (at: string, minutes: number): string =>
  new Date(Date.parse(at) - minutes * minuteMs).toISOString();

export function greenOf({ id, revision, deployment }: ShiftedRelease): Green {
  return { revision, oneOff: startedBy(id), since: deployment.createdAt };
}
