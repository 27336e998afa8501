import { setTimeout as sleep } from 'node:timers/promises';
import { imageOf } from '../images/image-of.ts';
import { isLogbook } from '../images/logbook.ts';
import type { Application } from '../images/variants.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import { Tally } from '../load/tally.ts';
import type { Report, SchemaAftermath } from '../scenarios/report.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { Stage } from '../stage-api.ts';
import { freshTask, heldLocks, scratchDatabases } from './aftermath.ts';
import { LogbookWriter } from './logbook.ts';
import { detectionOf, executionOf, exposureOf, isFinal, rehearsalOf, type ShareChange, statesOf } from './measure.ts';
import type { Outside } from './outside.ts';
import type { View } from './progress.ts';
import { settle } from './settle.ts';

export interface Players {
  readonly stage: Stage;
  readonly outside: Outside;
  readonly load: LoadGenerator;
  readonly application: Application;
  /** Version of Backstage, as what serves tells it. */
  readonly applicationVersion: () => Promise<string>;
  readonly show: (view: View) => void;
}

const entriesBefore = 5;
/** In process time: longer than every deadline of the workflow at any useful speed. */
const patienceMs = 30 * 60_000;
/** Longer than any task may take to stop. */
const settlingMs = 120_000;

/**
 * Plays one scenario: pushes the image, starts the state machine, watches from outside until it has ended
 * and its tasks have stopped, and reports.
 * @param sequence order of the release
 * @throws when the execution does not end
 */
export async function play(scenario: Scenario, sequence: number, players: Players): Promise<Report> {
  const { stage, outside, load, application, show } = players;
  const began = performance.now();
  const before = await outside.liveDigest();
  const blue = [...(await outside.shares())].find(([, percent]) => percent === 100)?.[0] ?? null;
  const toldBefore = stage.notifications();
  const tally = new Tally(blue);
  load.countInto(tally);

  const logbook = new LogbookWriter(stage.url, `${scenario.name}-${sequence}`);
  const isSchema = isLogbook(scenario.variant);
  if (isSchema) for (let entry = 0; entry < entriesBefore; entry += 1) await logbook.write();
  const writtenBefore = logbook.count;
  if (isSchema) logbook.start();

  const { digest } = await stage.push(imageOf(application, scenario.variant, scenario.version), scenario.version);
  const release = `${scenario.name}-${sequence}`;
  const execution = await outside.startRelease(release, {
    image: digest,
    version: scenario.version,
    sequence,
    policy: scenario.policy,
    reason: scenario.title,
  });

  const shares: ShareChange[] = [];
  const follow = async (followed: string): Promise<string> => {
    for (;;) {
      if (performance.now() - began > patienceMs) throw new Error(`${release} has not ended within 30 minutes.`);
      const ending = await outside.ending(followed);
      const [state, now, alarms] = await Promise.all([
        outside.currentState(followed),
        outside.shares(),
        outside.alarms(),
      ]);
      const bluePercent = now.get(blue ?? '') ?? 0;
      if (shares.at(-1)?.bluePercent !== bluePercent) shares.push({ at: stage.now(), bluePercent });
      const seconds = (performance.now() - began) / 1000;
      show({ state: state ?? 'Open', bluePercent, requests: tally.requests(), alarms, seconds });
      if (ending !== null) return ending;
      await sleep(300);
    }
  };
  const ending = await follow(execution);

  let settled = await settle(stage, outside, settlingMs);
  const events = await outside.history(execution);
  const states = statesOf(events);
  const entry = await outside.ledgerEntry(release);
  const ledgerFinal = isFinal(entry, await outside.output(execution), await outside.liveDigest());

  let rollback: SchemaAftermath['rollback'] = null;
  if (scenario.takenBack && entry?.outcome === 'released') {
    const back = await outside.startRollback(`${release}-back`, 'taken back after it had served everybody');
    const ended = await follow(back);
    settled = await settle(stage, outside, settlingMs);
    const output = await outside.output(back);
    rollback = { outcome: output?.outcome ?? null, reason: output?.reason || ended };
  }
  await logbook.stop();
  const schema = isSchema
    ? {
        freshTask: await freshTask(stage, outside),
        entries: {
          before: writtenBefore,
          during: logbook.count - writtenBefore,
          missing: await logbook.missing(),
        },
        scratchDatabases: await scratchDatabases(stage),
        heldLocks: await heldLocks(stage),
        rollback,
      }
    : null;
  if (isSchema) settled = await settle(stage, outside, settlingMs);
  const { serving, orphans } = settled;
  const after = await outside.liveDigest();
  const detection = detectionOf(entry, states, tally.firstBadOnGreen(), shares);
  return {
    scenario: scenario.name,
    service: stage.service,
    release,
    outcome: entry?.outcome ?? 'failed',
    reason: entry?.reason || ending,
    live: { before, after },
    serving,
    requests: tally.requests(),
    latency: tally.latencies(),
    failures: [...tally.failures()],
    detection,
    exposure: exposureOf(tally.moments(), shares, detection.decidedAt),
    states,
    execution: executionOf(events),
    rehearsal: rehearsalOf(entry),
    schema,
    lockFree: await outside.isLockFree(),
    ledgerFinal,
    orphanTasks: orphans.length,
    notifications: stage.notifications() - toldBefore,
    backstageVersion: await players.applicationVersion(),
    postgresVersion: stage.postgresVersion,
    allowedSeconds: 3 * outside.description.observation.intervalSeconds,
    tookSeconds: Math.round((performance.now() - began) / 1000),
  };
}
