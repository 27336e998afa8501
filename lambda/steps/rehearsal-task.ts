import { Unworkable } from '../aws/errors.ts';
import { type RehearsalTask, type RehearsalTaskName, taskOf, withTask } from '../domain/rehearsal/record.ts';
import { fill, fillWord, serviceScratch } from '../domain/rehearsal/scratch.ts';
import { rehearsalTasks, type ServingTask, type ToolTask } from '../domain/rehearsal/tasks.ts';
import { checkTask, type Subject } from './off-traffic-check.ts';
import type { OneOff } from './one-off.ts';
import { type Rehearsing, type Told, tellers } from './rehearsal-report.ts';
import { runTool } from './schema-tool.ts';

/** A running task that has been probed before answers at once, or is given this long to recover, in seconds. */
const patienceSeconds = 60;

/** Starts a task of the rehearsal, or looks after it, and records what came of it. */
export function lookAtTask(release: Rehearsing, name: RehearsalTaskName, now: string): Promise<Rehearsing> {
  const task = rehearsalTasks[name];
  return task.runs === 'service' ? lookAtService(release, name, task, now) : lookAtTool(release, name, task, now);
}

async function lookAtService(
  release: Rehearsing,
  name: RehearsalTaskName,
  what: ServingTask,
  now: string,
): Promise<Rehearsing> {
  const { taskSeconds } = release.description.deadlines;
  const known = taskOf(release.rehearsal, name) ?? again(release, name, what, now);
  // A rollback's new version is the one to go back to: it has to work on the schema as it is.
  const target = what.runs === 'service' && name === 'live' && release.kind === 'rollback';
  const image = target ? 'green' : what.image;
  const subject: Subject = {
    purpose: `rehearse-${name}`,
    taskDefinition: revisionOf(release, image),
    colour: image,
    bootstrap: image === 'blue' && release.blue.bootstrap,
    deadlineSeconds: what.again === undefined ? taskSeconds : Math.min(taskSeconds, patienceSeconds),
    stays: what.stays,
    ...placeOf(release, what),
  };
  const before = known && {
    task: known.task,
    startedAt: known.startedAt,
    probes: known.probes,
    verdict: null,
    reason: known.reason,
  };
  const { check, wait } = await checkTask(release, subject, before ?? null, now);
  return record(release, {
    name,
    task: check.task,
    startedAt: check.startedAt,
    stoppedAt: null,
    endedAt: wait === null ? now : null,
    probes: check.probes,
    ok: check.verdict === null ? null : check.verdict === 'works',
    reason: check.reason,
  });
}

/** A question to a task that runs already. */
function again(
  { rehearsal }: Rehearsing,
  name: RehearsalTaskName,
  what: ServingTask,
  now: string,
): RehearsalTask | undefined {
  const running = what.again && taskOf(rehearsal, what.again);
  if (!running) return undefined;
  return { ...running, name, startedAt: now, stoppedAt: null, endedAt: null, probes: 0, ok: null, reason: '' };
}

async function lookAtTool(
  release: Rehearsing,
  name: RehearsalTaskName,
  what: ToolTask,
  now: string,
): Promise<Rehearsing> {
  const { taskSeconds, migrationSeconds } = release.description.deadlines;
  const known = taskOf(release.rehearsal, name);
  const read = tellers[what.runs];
  const progress = await runTool<Told>(
    release,
    known === undefined
      ? null
      : { task: known.task, startedAt: known.startedAt, stoppedAt: known.stoppedAt, done: false },
    {
      purpose: `rehearse-${name}`,
      taskDefinition: revisionOf(release, what.image),
      command: commandOf(release, name, what),
      deadlineSeconds: what.runs === 'manifest' || what.runs === 'drop' ? taskSeconds : migrationSeconds,
      ...(read && { read: (lines: readonly string[]) => read(lines, release) }),
      ...placeOf(release, what),
    },
    now,
  );
  const told = progress.kind === 'finished' && progress.report !== null ? progress.report(release) : release;
  const lack = progress.kind === 'finished' && what.runs === 'manifest' ? lackOf(told.schema.blueManifest) : null;
  const ok = progress.kind === 'waiting' ? null : progress.kind === 'finished' && lack === null;
  const usable = lack === null ? told : { ...told, schema: { ...told.schema, blueManifest: null } };
  return record(usable, {
    name,
    task: progress.run.task,
    startedAt: progress.run.startedAt,
    stoppedAt: progress.run.stoppedAt,
    endedAt: ok === null ? null : now,
    probes: 0,
    ok,
    reason: progress.kind === 'failed' ? progress.reason : (lack ?? ''),
    ...(progress.kind === 'failed' && progress.error !== undefined && { error: progress.error }),
  });
}

/** Of the 8,192 characters of a task's overrides, those that a manifest may take. */
const longestManifest = 7000;

/** Why migrations cannot be taken back to what the old image told; null when they can. */
function lackOf(manifest: string | null): string | null {
  if (manifest === null) return 'It printed nothing that the workflow can read.';
  if (manifest.length <= longestManifest) return null;
  return `The old image's manifest of the plugins that change is ${manifest.length} characters long when it is packed, and a task's command has room for ${longestManifest}.`;
}

function commandOf(release: Rehearsing, name: RehearsalTaskName, { runs }: ToolTask): string[] {
  const tool = release.description.schemaTool;
  const command = tool?.[runs];
  if (tool === null || !command) throw new Unworkable(`The service names no command to ${runs}.`);
  const { environment, service } = release.description;
  // All that any release of the service has left goes with this one's: only one release has the lock.
  const scratch = runs === 'drop' ? serviceScratch(environment, service) : prefixOf(release, name === 'copy-by-green');
  return fill(command, { scratch, manifest: release.schema.blueManifest ?? '' });
}

/** A second copy goes beside what may be left of the first. */
function prefixOf({ rehearsal: { scratch } }: Rehearsing, byGreen: boolean): string {
  return byGreen ? `${scratch}g_` : `${scratch}`;
}

/** All but the check of what serves runs in the sealed network, and on the copy where it has to. */
function placeOf(
  release: Rehearsing,
  { runs, onScratch }: ServingTask | ToolTask,
): Pick<OneOff, 'environment' | 'confined'> {
  const { shape, description, rehearsal } = release;
  if (runs === 'service' && !onScratch) return {};
  const scratch = prefixOf(release, taskOf(rehearsal, 'copy')?.ok !== true);
  const variables = Object.entries(description.schemaTool?.scratchEnvironment ?? {});
  return {
    confined: shape.rehearsal,
    ...(onScratch && {
      environment: Object.fromEntries(variables.map(([key, value]) => [key, fillWord(value, { scratch })])),
    }),
  };
}

function revisionOf({ blue, revision }: Rehearsing, image: 'blue' | 'green'): string {
  return image === 'blue' ? blue.taskDefinition : revision;
}

function record(release: Rehearsing, task: RehearsalTask): Rehearsing {
  return { ...release, rehearsal: withTask(release.rehearsal, task) };
}
