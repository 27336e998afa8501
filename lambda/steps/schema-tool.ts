import * as ecs from '../aws/ecs.ts';
import { latestLines, logStream } from '../aws/logs.ts';
import { clientToken, startedBy } from '../domain/identifiers.ts';
import type { RegisteredRelease } from '../domain/release.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { fence } from './step.ts';

export type ToolRun = { readonly task: string; readonly startedAt: string; readonly done: boolean };

export type ToolProgress =
  | { readonly kind: 'waiting'; readonly run: ToolRun; readonly seconds: number }
  | { readonly kind: 'finished'; readonly run: ToolRun; readonly lines: string[] }
  /** It ended badly, or not in time; `reason` says so in words. */
  | { readonly kind: 'failed'; readonly run: ToolRun; readonly reason: string };

export interface ToolRequest {
  readonly purpose: 'plan' | 'migrate';
  readonly command: readonly string[];
  readonly deadlineSeconds: number;
}

/** Time for the last lines of a task that has ended to arrive in CloudWatch Logs. */
const logDelaySeconds = 30;

/**
 * Runs the schema tool of the new image in one task of its own: starts it, or looks after the one
 * that was started before.
 */
export async function runTool(
  release: RegisteredRelease,
  before: ToolRun | null,
  { purpose, command, deadlineSeconds }: ToolRequest,
  now: string,
): Promise<ToolProgress> {
  const run = before ?? (await startTool(release, purpose, command, now));
  const { cluster } = release.description;
  const waited = secondsBetween(run.startedAt, now);
  const waiting: ToolProgress = { kind: 'waiting', run, seconds: pollInterval(waited) };
  const late = isPast(run.startedAt, deadlineSeconds, now);
  const [task] = await ecs.describeTasks(cluster, [run.task], release.shape.container);

  if (task?.status !== 'STOPPED') {
    if (!late) return waiting;
    await ecs.stopTask(cluster, run.task, `Not finished within ${deadlineSeconds} s`);
    return { kind: 'failed', run, reason: `${command.join(' ')} was not finished within ${deadlineSeconds} s.` };
  }
  const lines = await readOutput(release, run.task);
  if (task.exitCode !== 0) {
    const last = lines.slice(-3).join(' | ').slice(0, 500);
    const exit = task.exitCode === null ? 'did not start' : `ended with exit code ${task.exitCode}`;
    return { kind: 'failed', run, reason: `${command.join(' ')} ${exit}: ${task.reason}. ${last}` };
  }
  if (lines.length === 0 && waited < deadlineSeconds + logDelaySeconds) return waiting;
  return { kind: 'finished', run: { ...run, done: true }, lines };
}

async function startTool(
  release: RegisteredRelease,
  purpose: string,
  command: readonly string[],
  now: string,
): Promise<ToolRun> {
  await fence(release);
  const task = await ecs.runTask({
    cluster: release.description.cluster,
    taskDefinition: release.revision,
    shape: release.shape,
    startedBy: startedBy(release.id),
    clientToken: clientToken(release.id, purpose),
    command,
  });
  return { task, startedAt: now, done: false };
}

async function readOutput(release: RegisteredRelease, task: string): Promise<string[]> {
  const { definition } = await ecs.taskDefinition(release.revision);
  return latestLines(release.description.logGroup, logStream(definition, release.shape.container, task));
}
