import * as ecs from '../aws/ecs.ts';
import { probe } from '../aws/prober.ts';
import { readSecret } from '../aws/secrets.ts';
import { type ProbeReport, tally } from '../domain/probe.ts';
import type { Check, OpenedRelease } from '../domain/release.ts';
import type { Journey, ServiceDescription } from '../domain/service.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { environment } from './environment.ts';
import { type OneOff, startOneOff } from './one-off.ts';

export interface CheckProgress {
  readonly check: Check;
  /** Seconds to wait before the next look; null when there is a verdict. */
  readonly wait: number | null;
}

/** Which version is checked, and where. */
export interface Subject extends Omit<OneOff, 'command'> {
  readonly colour: 'blue' | 'green';
  /** The bootstrap image knows its health path and nothing else. */
  readonly bootstrap: boolean;
  readonly deadlineSeconds: number;
  /** Whether the task goes on running once it has answered well. */
  readonly stays?: boolean;
}

/** The version that serves, on the database that it serves from. */
export function liveBlue(release: OpenedRelease, purpose: string): Subject {
  return {
    purpose,
    taskDefinition: release.blue.taskDefinition,
    colour: 'blue',
    bootstrap: release.blue.bootstrap,
    deadlineSeconds: release.description.deadlines.taskSeconds,
  };
}

/**
 * Starts one task of a revision, outside the service and never in a target group, probes it at its
 * private address, and stops it again: does a new task of this version work now? It works once it has
 * answered one round of all journeys, the write among them.
 */
export async function checkTask(
  release: OpenedRelease,
  subject: Subject,
  before: Check | null,
  now: string,
): Promise<CheckProgress> {
  const check = before ?? (await start(release, subject, now));
  const { deadlineSeconds } = subject;
  const [task] = await ecs.describeTasks(release.description.cluster, [check.task], release.shape.container);
  const late = isPast(check.startedAt, deadlineSeconds, now);
  const wait = pollInterval(secondsBetween(check.startedAt, now));
  if (task?.status === 'STOPPED') return { check: afterStop(check, task), wait: null };
  if (task?.status !== 'RUNNING' || task.ip === null) {
    if (!late) return { check, wait };
    return broken(release, check, `The task was not running within ${deadlineSeconds} s.`);
  }
  const report = await probeTask(release, subject, task.ip);
  const asked = { ...check, probes: check.probes + 1 };
  if (typeof report === 'string') {
    return late ? broken(release, asked, report) : { check: { ...asked, reason: report }, wait };
  }
  const { ok, failed, reasons } = tally(report.samples, subject.colour);
  if (failed === 0 && ok > 0) return works(release, subject, asked, ok);
  if (!late) return { check: { ...asked, reason: reasons.join('; ') }, wait };
  return broken(release, asked, `It did not answer well within ${deadlineSeconds} s: ${reasons.join('; ')}.`);
}

async function start(release: OpenedRelease, subject: Subject, now: string): Promise<Check> {
  const task = await startOneOff(release, subject);
  return { task, startedAt: now, probes: 0, verdict: null, reason: '' };
}

/** What a look says when it stops the task, so that a look that is repeated, its answer lost, reads it there. */
const goodEnd = 'Checked: it works';
const badEnd = 'Checked: ';

function afterStop(check: Check, { reason, exitCode }: ecs.TaskView): Check {
  if (reason.includes(goodEnd))
    return { ...check, verdict: 'works', reason: 'A new task of it answered all journeys.' };
  const told = reason.startsWith(badEnd) ? reason.slice(badEnd.length) : null;
  return {
    ...check,
    verdict: 'broken',
    reason: told ?? `The task stopped by itself: ${reason} (exit code ${exitCode}).`,
  };
}

async function works(release: OpenedRelease, subject: Subject, check: Check, ok: number): Promise<CheckProgress> {
  if (subject.stays !== true) await ecs.stopTask(release.description.cluster, check.task, goodEnd);
  return { check: { ...check, verdict: 'works', reason: `A new task of it answered all ${ok} journeys.` }, wait: null };
}

async function broken(release: OpenedRelease, check: Check, reason: string): Promise<CheckProgress> {
  await ecs.stopTask(release.description.cluster, check.task, `${badEnd}${reason}`.slice(0, 250));
  return { check: { ...check, verdict: 'broken', reason }, wait: null };
}

async function probeTask(release: OpenedRelease, subject: Subject, ip: string): Promise<ProbeReport | string> {
  const { loadBalancer, probe: probes } = release.description;
  const answer = await probe(environment('PROBER_FUNCTION'), {
    targets: [{ ip, port: release.shape.port, scheme: 'http', host: loadBalancer.host, colour: subject.colour }],
    journeys: journeysOf(subject, probes),
    rounds: 1,
    ...(probes.tokenSecret !== null && { token: await readSecret(probes.tokenSecret) }),
  });
  return 'report' in answer ? answer.report : answer.missing;
}

function journeysOf({ bootstrap }: Subject, { healthPath, write, journeys }: ServiceDescription['probe']): Journey[] {
  if (!bootstrap) return write === null ? journeys : [...journeys, write];
  return [{ name: 'health', method: 'GET', path: healthPath, status: 200, budgetMs: 5000, authenticated: false }];
}
