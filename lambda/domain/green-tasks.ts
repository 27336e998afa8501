import { isPast } from './time.ts';

/** One of the service's tasks that has stopped. */
export interface StoppedTask {
  readonly taskDefinition: string;
  readonly startedBy: string;
  readonly reason: string;
  readonly exitCode: number | null;
  /** ISO; null when ECS does not say. */
  readonly createdAt: string | null;
}

/** Which of the service's tasks are green's. */
export interface Green {
  readonly revision: string;
  /** `startedBy` of the release's own tasks, which end as they should. */
  readonly oneOff: string;
  /** When the deployment was created, ISO: a rollback brings a revision back whose earlier tasks have ended before. */
  readonly since: string;
}

function ofGreen(stopped: readonly StoppedTask[], { revision, oneOff, since }: Green): StoppedTask[] {
  return stopped.filter(
    ({ taskDefinition, startedBy, createdAt }) =>
      taskDefinition === revision && startedBy !== oneOff && (createdAt === null || isPast(since, 0, createdAt)),
  );
}

/** ECS's reason for a task whose container was killed for its memory, at the start or later in the text. */
const outOfMemory = /OutOfMemory/;

/** One task may die of its host; this many that the service started, and lost, die of the version. */
const tooMany = 3;

/**
 * Why green will not come up, when its tasks keep ending or are ended for bad health; null while that is open.
 * CodeDeploy itself would wait an hour for them.
 */
export function crashLoop(stopped: readonly StoppedTask[], green: Green): string | null {
  const greens = ofGreen(stopped, green);
  if (greens.length < tooMany) return null;
  const last = greens.at(-1);
  const exit = last?.exitCode === null ? '' : ` (exit code ${last?.exitCode})`;
  return `${greens.length} of green's tasks did not stay up, the last one: ${last?.reason}${exit}.`;
}

/**
 * Why the tasks that green has lost while users reached it speak against it: a single one that ran out of memory, or
 * as many others as do not die of their hosts; null otherwise.
 */
export function lostTasks(stopped: readonly StoppedTask[], green: Green): string | null {
  const killed = ofGreen(stopped, green).find((task) => outOfMemory.test(task.reason));
  if (killed !== undefined) return `A task of green ran out of memory: ${killed.reason}.`;
  return crashLoop(stopped, green);
}
