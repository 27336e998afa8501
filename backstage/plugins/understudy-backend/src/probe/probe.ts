import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { CatalogReader } from './catalogReader';
import { Deadline, DeadlineError } from './deadline';
import { isLeftover, probeEntity, probeRef } from './entity';
import type { ProbeChannel } from './probeChannel';

export type ProbeStage = 'write' | 'process' | 'read' | 'remove';

export type ProbeResult =
  | { readonly ok: true; readonly ms: number; readonly processedMs: number; readonly written: number }
  | {
      readonly ok: false;
      readonly ms: number;
      readonly stage: ProbeStage;
      readonly reason: string;
      readonly written: number;
    };

export interface ProbeOptions {
  readonly channel: ProbeChannel;
  readonly reader: CatalogReader;
  readonly logger: LoggerService;
  readonly deadlineMs: number;
}

const POLL_MS = 100;
/** The catalog's queue is read once a second: a probe that another task took is soon followed by the next. */
const WRITE_EVERY_MS = 600;
const CLEAN_UP_MS = 5_000;
const LEFTOVER_AFTER_MS = 5 * 60_000;

/** Writes an entity, sees it come out of this task's processing and of the catalog's API, and removes it. */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { channel, deadlineMs } = options;
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const written: string[] = [];
  let stage: ProbeStage = 'write';
  let failure: unknown;
  let processedMs = 0;

  try {
    const deadline = new Deadline(deadlineMs);
    const name = await writeUntilProcessed(options, deadline, written, (next) => {
      stage = next;
    });
    processedMs = elapsed();
    stage = 'read';
    await waitUntilReadable(options, deadline, name);
  } catch (error) {
    failure = error;
  }

  try {
    await removeAll(options, written);
  } catch (error) {
    // The first failure is the one that explains: what stays behind is swept by a later probe.
    if (!failure) stage = 'remove';
    failure ??= error;
  }
  channel.forget(written);

  const ms = elapsed();
  return failure
    ? { ok: false, ms, stage, reason: reasonOf(failure), written: written.length }
    : { ok: true, ms, processedMs, written: written.length };
}

async function writeUntilProcessed(
  { channel }: ProbeOptions,
  deadline: Deadline,
  written: string[],
  enter: (stage: ProbeStage) => void,
): Promise<string> {
  let lastWrite = Number.NEGATIVE_INFINITY;
  for (;;) {
    const processed = written.find((name) => channel.wasProcessed(name));
    if (processed) return processed;
    if (deadline.passed) throw new DeadlineError('this task processed none of the entities written');
    if (performance.now() - lastWrite >= WRITE_EVERY_MS) {
      lastWrite = performance.now();
      enter('write');
      const name = `probe-${randomUUID()}`;
      channel.watch(name);
      written.push(name);
      await write(channel, deadline, name);
      enter('process');
    }
    await sleep(POLL_MS);
  }
}

async function write({ writer }: ProbeChannel, deadline: Deadline, name: string): Promise<void> {
  const adding = writer.add(probeEntity(name, new Date()));
  try {
    await deadline.limit('writing an entity', adding);
  } catch (error) {
    // It may yet arrive, when everything else has been removed.
    adding.then(() => writer.remove([probeRef(name)])).catch(() => {});
    throw error;
  }
}

async function waitUntilReadable({ reader }: ProbeOptions, deadline: Deadline, name: string): Promise<void> {
  while (!(await deadline.limit('reading the entity', reader.isReadable(name)))) {
    if (deadline.passed) throw new DeadlineError('the entity was processed but never became readable');
    await sleep(POLL_MS);
  }
}

async function removeAll({ channel, reader, logger }: ProbeOptions, written: readonly string[]): Promise<void> {
  if (written.length === 0) return;
  const deadline = new Deadline(CLEAN_UP_MS);
  await deadline.limit('removing the entities', channel.writer.remove(written.map(probeRef)));

  const left = await deadline.limit('reading what is left', reader.allProbes());
  const mine = left.filter((entity) => written.includes(entity.metadata.name));
  if (mine.length > 0) throw new Error('a removed entity is still readable');

  const old = left.filter((entity) => isLeftover(entity, new Date(), LEFTOVER_AFTER_MS)).map((e) => e.metadata.name);
  if (old.length > 0) {
    logger.warn(`Removing ${old.length} entities that interrupted probes left behind`);
    await deadline.limit('removing leftovers', channel.writer.remove(old.map(probeRef)));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
