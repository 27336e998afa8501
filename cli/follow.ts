import type { Account } from './account.ts';
import { explained, isPassing } from './aws-errors.ts';
import { ending } from './ending.ts';
import { type Described, Observer, type Sighting } from './execution.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { exitCodeOfFacts, factsOf } from './facts.ts';
import type { Io } from './io.ts';
import { jsonViewer, liveViewer, logViewer, type Viewer } from './viewer.ts';
import { comeBack } from './where.ts';

/** Between two looks: AWS lets an account read a history about twenty times a second. */
const pollMs = { aws: 2000, local: 500 };
const drawMs = 250;
/** How long AWS may be out of reach before this command gives up. */
const patienceMs = 10 * 60_000;

/**
 * Shows an execution until it has ended, or until Ctrl-C, which leaves it running.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general
 */
export async function follow(account: Account, execution: Described, io: Io, json: boolean): Promise<ExitCode> {
  const viewer = json ? jsonViewer(io.stdout) : io.stdout.isTTY ? liveViewer(io.stdout) : logViewer(io.stdout);
  const observer = new Observer(account, execution);
  const id = execution.name ?? '';
  for (;;) {
    const sighting = await lookPatiently(observer, account, io, id);
    if (io.interrupted.aborted || sighting === null) break;
    const facts = factsOf(sighting, 0);
    viewer.show(facts, sighting.visits);
    if (sighting.status !== 'RUNNING') {
      viewer.done();
      io.stdout.write(
        json ? `${JSON.stringify({ type: 'ended', ...facts })}\n` : `${ending(facts, sighting.release)}\n`,
      );
      return exitCodeOfFacts(facts);
    }
    await pause(sighting, viewer, account.target.local ? pollMs.local : pollMs.aws, io);
  }
  viewer.done();
  io.stderr.write(`\n${id} goes on without you. ${comeBack(account.target, id)}\n`);
  return exitCodes.interrupted;
}

/** Until the next look; a live picture goes on in between. */
async function pause(sighting: Sighting, viewer: Viewer, ms: number, io: Io): Promise<void> {
  const seen = io.now();
  if (!io.stdout.isTTY) return io.sleep(ms);
  while (io.now() - seen < ms && !io.interrupted.aborted) {
    await io.sleep(drawMs);
    viewer.show(factsOf(sighting, io.now() - seen), sighting.visits);
  }
}

/** Null when interrupted. @throws Failure when the release can no longer be seen */
async function lookPatiently(observer: Observer, account: Account, io: Io, id: string): Promise<Sighting | null> {
  const began = io.now();
  for (let wait = 1000; !io.interrupted.aborted; wait = Math.min(2 * wait, 30_000)) {
    try {
      return await observer.look();
    } catch (error) {
      if (isPassing(error) && io.now() - began < patienceMs) {
        await io.sleep(wait);
        continue;
      }
      const failure = explained(error, account.target, exitCodes.lostSight);
      if (failure === null) throw error;
      failure.message = `${failure.message}\n${id} goes on, as far as is known. ${comeBack(account.target, id)}`;
      throw failure;
    }
  }
  return null;
}
