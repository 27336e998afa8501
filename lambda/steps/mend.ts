import * as ecs from '../aws/ecs.ts';
import { startedBy } from '../domain/identifiers.ts';
import { restoreText, type Way, wayToMend } from '../domain/mending.ts';
import { fill } from '../domain/rehearsal/scratch.ts';
import { type Mend, type OpenedRelease, openedReleaseSchema, type Release } from '../domain/release.ts';
import { type RowsOf, readDown, rowsText } from '../domain/schema-reports.ts';
import { pollInterval, secondsBetween } from '../domain/time.ts';
import { runTool, type ToolRequest } from './schema-tool.ts';
import { fence, step } from './step.ts';

/**
 * Makes the version that is back able to restart on the schema as it is now: nothing to do when the
 * rehearsal has proven that, else the new version's migrations are taken back, with the new image,
 * which has their files; else it says that the snapshot has to be restored.
 */
export const handler = step('Mend', openedReleaseSchema, async (release, { now }) => {
  const mend: Mend = release.mend ?? { startedAt: now, unlock: null, down: null, result: null, reason: '' };
  const way = wayToMend(release);
  switch (way.way) {
    case 'none':
      return end(release, mend, way.result, way.reason);
    case 'restore':
      return end(release, mend, 'impossible', way.reason);
    case 'unwind':
    default:
      return unwind({ ...release, mend }, way, now);
  }
});

type Mending = OpenedRelease & { mend: Mend };
type Unwind = Extract<Way, { way: 'unwind' }>;

async function unwind(release: Mending, { manifest, revision }: Unwind, now: string): Promise<Release> {
  const { mend, description, schema } = release;
  const tool = description.schemaTool;
  if (mend.unlock === null && mend.down === null && (await stopEarlier(release)) > 0) {
    const waited = secondsBetween(mend.startedAt, now);
    // A migration that runs is told to stop, and killed when it does not.
    if (waited < description.deadlines.taskSeconds) return wait(release, mend, pollInterval(waited));
  }
  // A migration that was killed leaves its lock. What a run that ended well held, it has given back.
  const mayBeLocked = schema.migrate?.done !== true && tool?.unlock;
  if (mayBeLocked && mend.down === null && mend.unlock?.done !== true) {
    const freed = await runTool(
      release,
      mend.unlock,
      request(release, revision, 'mend-unlock', tool.unlock ?? []),
      now,
    );
    if (freed.kind === 'failed') return cannot(release, { ...mend, unlock: freed.run }, freed.reason);
    const unlocked = { ...mend, unlock: freed.run };
    return wait(release, unlocked, freed.kind === 'waiting' ? freed.seconds : 1);
  }
  const command = fill(tool?.down ?? [], { manifest });
  const down = { ...request(release, revision, 'mend-down', command), read: readDown };
  const progress = await runTool(release, mend.down, down, now);
  const mended = { ...mend, down: progress.run };
  if (progress.kind === 'waiting') return wait(release, mended, progress.seconds);
  if (progress.kind === 'failed') return cannot(release, mended, progress.reason);
  return end(release, mended, 'unwound', unwoundText(progress.report?.discarded ?? []));
}

/** Tasks of this release that still run: the migration may be one of them. */
async function stopEarlier(release: OpenedRelease): Promise<number> {
  const { cluster } = release.description;
  const running = await ecs.runningTasksStartedBy(cluster, startedBy(release.id));
  const tasks = await ecs.describeTasks(cluster, running, release.shape.container);
  for (const { arn } of tasks) {
    await fence(release);
    await ecs.stopTask(cluster, arn, 'Before the migrations are taken back');
  }
  const migrate = release.schema.migrate?.task;
  const [own] = migrate ? await ecs.describeTasks(cluster, [migrate], release.shape.container) : [];
  return running.length + (own !== undefined && own.status !== 'STOPPED' ? 1 : 0);
}

function request(
  release: Mending,
  taskDefinition: string,
  purpose: string,
  command: readonly string[],
): ToolRequest<never> {
  const { migrationSeconds: deadlineSeconds } = release.description.deadlines;
  // Not among the tasks that are stopped before: one whose start was never answered may be running already.
  return { purpose, taskDefinition, owner: `${release.id}-mend`, command, deadlineSeconds };
}

function unwoundText(discarded: readonly RowsOf[]): string {
  const gone = discarded.map(rowsText).join(', ');
  const told = gone === '' ? '' : ` What they had added went with them: ${gone}.`;
  return `The new version's migrations were taken back.${told}`;
}

function wait(release: Release, mend: Mend, seconds: number): Release {
  return { ...release, mend, wait: { seconds, resume: 'Mend' } };
}

function end(release: Release, mend: Mend, result: Mend['result'], reason: string): Release {
  return { ...release, mend: { ...mend, result, reason } };
}

function cannot(release: Mending, mend: Mend, why: string): Release {
  return end(release, mend, 'impossible', restoreText(why, release.snapshot?.id ?? null));
}
