import * as ecs from '../aws/ecs.ts';
import { concludeRehearsal } from '../domain/rehearsal/conclude.ts';
import { refusalAfter } from '../domain/rehearsal/consequence.ts';
import { migratesUnderBlue, plannedRehearsal, possible } from '../domain/rehearsal/course.ts';
import { nextTask } from '../domain/rehearsal/next-task.ts';
import { type RehearsalTaskName, taskOf } from '../domain/rehearsal/record.ts';
import { stoppedBefore } from '../domain/rehearsal/tasks.ts';
import { type RegisteredRelease, type Release, registeredReleaseSchema } from '../domain/release.ts';
import { pollInterval, secondsBetween } from '../domain/time.ts';
import type { Rehearsing } from './rehearsal-report.ts';
import { lookAtTask } from './rehearsal-task.ts';
import { step } from './step.ts';

/**
 * Proves, before anything moves, that the version to go back to can still be started; and, when the
 * release brings migrations, what they mean for it, on a scratch copy of the database. One task after
 * the other: this looks after the one that is open, and starts the next.
 */
export const handler = step('Rehearse', registeredReleaseSchema, async (before, { now }) => {
  let release: Rehearsing = { ...before, rehearsal: before.rehearsal ?? plannedRehearsal(before, now) };
  for (;;) {
    const name = nextTask(release.rehearsal, possible(release));
    if (name === null) return conclude(release, now);
    if (taskOf(release.rehearsal, name) === undefined) await stopEarlier(release, name);
    release = await lookAtTask(release, name, now);
    const task = taskOf(release.rehearsal, name);
    if (task?.endedAt === null) {
      const seconds = pollInterval(secondsBetween(task.startedAt, now));
      return { ...release, wait: { seconds, resume: 'Rehearse' } };
    }
  }
});

/** Whatever is to run on, or to be dropped, must not be in use by what came before it. */
async function stopEarlier({ rehearsal, description }: Rehearsing, next: RehearsalTaskName): Promise<void> {
  for (const name of stoppedBefore[next] ?? []) {
    const task = taskOf(rehearsal, name);
    if (task !== undefined) await ecs.stopTask(description.cluster, task.task, `Before ${next}`);
  }
}

function conclude(release: Rehearsing, now: string): Release {
  const rehearsal = concludeRehearsal(release.rehearsal, migratesUnderBlue(release), now);
  const rehearsed: RegisteredRelease = { ...release, rehearsal };
  const refusal = refusalAfter(rehearsal, {
    request: release.request,
    snapshots: release.description.database !== null,
    goesBack: release.kind === 'rollback',
  });
  return refusal === null ? rehearsed : { ...rehearsed, refusal };
}
