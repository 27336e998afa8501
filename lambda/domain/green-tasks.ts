/** One of the service's tasks that has stopped. */
export interface StoppedTask {
  readonly taskDefinition: string;
  readonly startedBy: string;
  readonly reason: string;
  readonly exitCode: number | null;
}

/** ECS's reason for a task whose container was killed for its memory, at the start or later in the text. */
const outOfMemory = /OutOfMemory/;

/** One task may die of its host; this many that the service started, and lost, die of the version. */
const tooMany = 3;

/**
 * Why green will not come up, when its tasks keep ending or are ended for bad health; null while that is open.
 * CodeDeploy itself would wait an hour for them.
 *
 * @param oneOff `startedBy` of the release's own tasks, which end as they should
 */
export function crashLoop(stopped: readonly StoppedTask[], revision: string, oneOff: string): string | null {
  const greens = stopped.filter((task) => task.taskDefinition === revision && task.startedBy !== oneOff);
  if (greens.length < tooMany) return null;
  const last = greens.at(-1);
  const exit = last?.exitCode === null ? '' : ` (exit code ${last?.exitCode})`;
  return `${greens.length} of green's tasks did not stay up, the last one: ${last?.reason}${exit}.`;
}

/**
 * Why the tasks that green has lost while users reached it speak against it: a single one that ran out of memory, or
 * as many others as do not die of their hosts; null otherwise.
 */
export function lostTasks(stopped: readonly StoppedTask[], revision: string, oneOff: string): string | null {
  const killed = stopped.find(
    (task) => task.taskDefinition === revision && task.startedBy !== oneOff && outOfMemory.test(task.reason),
  );
  if (killed !== undefined) return `A task of green ran out of memory: ${killed.reason}.`;
  return crashLoop(stopped, revision, oneOff);
}
