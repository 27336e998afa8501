import * as ecs from '../aws/ecs.ts';
import { probe } from '../aws/prober.ts';
import { readSecret } from '../aws/secrets.ts';
import { clientToken, startedBy } from '../domain/identifiers.ts';
import { type ProbeReport, tally } from '../domain/probe.ts';
import type { Check, OpenedRelease } from '../domain/release.ts';
import type { Journey } from '../domain/service.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { environment } from './environment.ts';
import { fence } from './step.ts';

export interface CheckProgress {
  readonly check: Check;
  /** Seconds to wait before the next look; null when there is a verdict. */
  readonly wait: number | null;
}

/**
 * Starts one task of the revision that serves, outside the service and never in a target group,
 * probes it at its private address, and stops it again: does a new task of this version work now?
 * It works once it has answered one round of all journeys, the write among them.
 */
export async function checkBlue(
  release: OpenedRelease,
  before: Check | null,
  purpose: 'rehearse' | 'verify',
  now: string,
): Promise<CheckProgress> {
  const check = before ?? (await start(release, purpose, now));
  const { cluster, deadlines } = release.description;
  const [task] = await ecs.describeTasks(cluster, [check.task], release.shape.container);
  const late = isPast(check.startedAt, deadlines.taskSeconds, now);
  const wait = pollInterval(secondsBetween(check.startedAt, now));
  if (task?.status === 'STOPPED') {
    return conclude(
      release,
      check,
      'broken',
      `The task stopped by itself: ${task.reason} (exit code ${task.exitCode}).`,
    );
  }
  if (task?.status !== 'RUNNING' || task.ip === null) {
    if (!late) return { check, wait };
    return conclude(release, check, 'broken', `The task was not running within ${deadlines.taskSeconds} s.`);
  }
  const report = await probeTask(release, task.ip);
  const probes = check.probes + 1;
  if (typeof report !== 'string') {
    const { ok, failed, reasons } = tally(report.samples, 'blue');
    if (failed === 0 && ok > 0) {
      return conclude(release, { ...check, probes }, 'works', `A new task of it answered all ${ok} journeys.`);
    }
    if (!late) return { check: { ...check, probes, reason: reasons.join('; ') }, wait };
    return conclude(
      release,
      { ...check, probes },
      'broken',
      `It did not answer well within ${deadlines.taskSeconds} s: ${reasons.join('; ')}.`,
    );
  }
  if (!late) return { check: { ...check, probes, reason: report }, wait };
  return conclude(release, { ...check, probes }, 'broken', report);
}

async function start(release: OpenedRelease, purpose: string, now: string): Promise<Check> {
  await fence(release);
  const task = await ecs.runTask({
    cluster: release.description.cluster,
    taskDefinition: release.blue.taskDefinition,
    shape: release.shape,
    startedBy: startedBy(release.id),
    clientToken: clientToken(release.id, purpose),
  });
  return { task, startedAt: now, probes: 0, verdict: null, reason: '' };
}

async function conclude(
  release: OpenedRelease,
  check: Check,
  verdict: 'works' | 'broken',
  reason: string,
): Promise<CheckProgress> {
  await ecs.stopTask(release.description.cluster, check.task, `Checked: ${verdict}`);
  return { check: { ...check, verdict, reason }, wait: null };
}

async function probeTask(release: OpenedRelease, ip: string): Promise<ProbeReport | string> {
  const { loadBalancer, probe: probes } = release.description;
  const answer = await probe(environment('PROBER_FUNCTION'), {
    targets: [{ ip, port: release.shape.port, scheme: 'http', host: loadBalancer.host, colour: 'blue' }],
    journeys: journeysOf(release),
    rounds: 1,
    ...(probes.tokenSecret !== null && { token: await readSecret(probes.tokenSecret) }),
  });
  return 'report' in answer ? answer.report : answer.missing;
}

/** The bootstrap image knows its health path and nothing else. */
function journeysOf({ blue, description: { probe: probes } }: OpenedRelease): Journey[] {
  if (blue.bootstrap) {
    const health: Journey = {
      name: 'health',
      method: 'GET',
      path: probes.healthPath,
      status: 200,
      budgetMs: 5000,
      authenticated: false,
    };
    return [health];
  }
  return probes.write === null ? probes.journeys : [...probes.journeys, probes.write];
}
