/** One of the service's tasks that has stopped. */
export interface StoppedTask {
  readonly taskDefinition: string;
  readonly startedBy: string;
  readonly reason: string;
  readonly exitCode: number | null;
}

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
