import * as ecs from '../aws/ecs.ts';
import { latestLines, logStream } from '../aws/logs.ts';
import type { OpenedRelease, ToolRun } from '../domain/release.ts';
import { readError } from '../domain/schema-reports.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { type OneOff, startOneOff } from './one-off.ts';

export type ToolProgress<Report> =
  | { readonly kind: 'waiting'; readonly run: ToolRun; readonly seconds: number }
  /** `report` is null when it printed none that can be read. */
  | { readonly kind: 'finished'; readonly run: ToolRun; readonly report: Report | null }
  /** It ended badly, or not in time; `reason` says so in words, `error` is the kind that the tool named. */
  | { readonly kind: 'failed'; readonly run: ToolRun; readonly reason: string; readonly error?: string };

export interface ToolRequest<Report> extends OneOff {
  readonly command: readonly string[];
  readonly deadlineSeconds: number;
  /** Reads its report, null as long as there is none; without it, the exit code says all. */
  readonly read?: (lines: readonly string[]) => Report | null;
}

/**
 * Time for the last lines of a task that has ended to arrive in CloudWatch Logs, from when it was first
 * seen to have ended. They may come in pieces: lines without a report are no answer before that.
 */
export const logDelaySeconds = 30;

/**
 * Runs a command of the image's schema tool in one task of its own: starts it, or looks after the one
 * that was started before.
 */
export async function runTool<Report = null>(
  release: OpenedRelease,
  before: ToolRun | null,
  request: ToolRequest<Report>,
  now: string,
): Promise<ToolProgress<Report>> {
  const { command, deadlineSeconds } = request;
  const started = before ?? {
    task: await startOneOff(release, request),
    startedAt: now,
    stoppedAt: null,
    done: false,
  };
  const { cluster } = release.description;
  const seconds = pollInterval(secondsBetween(started.startedAt, now));
  const [task] = await ecs.describeTasks(cluster, [started.task], release.shape.container);

  if (task?.status !== 'STOPPED') {
    if (!isPast(started.startedAt, deadlineSeconds, now)) return { kind: 'waiting', run: started, seconds };
    await ecs.stopTask(cluster, started.task, `Not finished within ${deadlineSeconds} s`);
    const reason = `${nameOf(command)} was not finished within ${deadlineSeconds} s.`;
    return { kind: 'failed', run: started, reason };
  }
  const run = { ...started, stoppedAt: started.stoppedAt ?? now };
  const awaitsLog = !isPast(run.stoppedAt, logDelaySeconds, now);
  const good = task.exitCode === 0;
  const lines = good && request.read === undefined ? [] : await readOutput(release, request.taskDefinition, run.task);
  if (!good) {
    const told = readError(lines);
    if (told === null && awaitsLog && task.exitCode !== null) return { kind: 'waiting', run, seconds };
    const reason = `${nameOf(command)} ${ending(task, told?.message ?? lastWords(lines))}`;
    return { kind: 'failed', run, reason, ...(told?.kind !== undefined && { error: told.kind }) };
  }
  const report = request.read?.(lines) ?? null;
  if (request.read !== undefined && report === null && awaitsLog) return { kind: 'waiting', run, seconds };
  return { kind: 'finished', run: { ...run, done: true }, report };
}

/** The command without what is long in it, such as a manifest. */
function nameOf(command: readonly string[]): string {
  return command.map((word) => (word.length > 60 ? `${word.slice(0, 20)}…` : word)).join(' ');
}

function ending({ exitCode, reason }: ecs.TaskView, told: string): string {
  const exit = exitCode === null ? 'did not start' : `ended with exit code ${exitCode}`;
  return `${exit}: ${reason}. ${told}`.trim();
}

function lastWords(lines: readonly string[]): string {
  return lines.slice(-3).join(' | ').slice(0, 500);
}

async function readOutput(release: OpenedRelease, revision: string, task: string): Promise<string[]> {
  const { definition } = await ecs.taskDefinition(revision);
  return latestLines(release.description.logGroup, logStream(definition, release.shape.container, task));
}
