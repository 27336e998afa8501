import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app';
import { type Databases, OWN_NAMES, readOnly } from '../databases';
import { judgeLock } from '../judgeLock';
import { freeLock, readLock } from '../knexLock';
import { SchemaLock } from '../lock';
import { log } from '../log';
import { type Culprit, SchemaError, type SchemaErrorKind, toSchemaError } from '../SchemaError';
import { describe, type Session } from '../sessions';
import { isLockNotAvailable, isMissingDatabase } from '../state';
import type { MigrationSet } from '../types';

export interface UnlockOptions {
  readonly dryRun: boolean;
  /** For another run, and then for what the server still does for one that was killed. */
  readonly waitMs: number;
}

interface JudgedLock {
  readonly plugin: string;
  readonly package: string;
  readonly table: string;
  readonly reason: string;
}

export interface UnlockReport {
  readonly ok: boolean;
  readonly dryRun: boolean;
  /** In a dry run, what would be freed. */
  readonly freed: readonly JudgedLock[];
  readonly held: readonly (JudgedLock & { readonly holders: readonly Session[] })[];
  readonly error?: Culprit & { readonly kind: SchemaErrorKind; readonly message: string };
}

const TAKEN_MEANWHILE = 'somebody took it just now';
const LOOK_MS = 1000;

type Found = { freed: JudgedLock[]; held: (JudgedLock & { holders: readonly Session[] })[] };

export async function unlock(app: App, { dryRun, waitMs }: UnlockOptions): Promise<UnlockReport> {
  const found: Found = { freed: [], held: [] };
  const giveUpAt = Date.now() + waitMs;
  const databases = readOnly(app.config);
  const lock = new SchemaLock(app.config);
  try {
    // While this process holds it no other run of this tool can be the holder, nor become it.
    await acquire(lock, waitMs);
    await judgeAll(databases, app.sets, dryRun, found);
    for (let told = false; !dryRun && isHeldByTheDead(found) && Date.now() < giveUpAt; told = true) {
      if (!told) log(`Waiting for what the server still does for a run that was killed: ${found.held[0]?.reason}`);
      await sleep(Math.min(LOOK_MS, giveUpAt - Date.now()));
      await lock.assertHeld();
      await judgeAll(databases, app.sets, dryRun, found);
    }
    const [first] = found.held;
    if (!first) return { ok: true, dryRun, ...found };
    const { plugin, package: name, table, reason } = first;
    throw new SchemaError('locked', `Knex's lock ${table}_lock of ${plugin} is held: ${reason}`, {
      plugin,
      package: name,
    });
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ok: false, dryRun, ...found, error: { kind, message, ...culprit } };
  } finally {
    await Promise.all([databases.close(), lock.close()]);
  }
}

async function acquire(lock: SchemaLock, waitMs: number): Promise<void> {
  try {
    await lock.acquire(waitMs);
  } catch (error) {
    const holder = error instanceof SchemaError ? await lock.holderSession() : undefined;
    if (!holder) throw error;
    throw new SchemaError('locked', `Another run holds the schema lock: ${describe(holder)}`);
  }
}

/**
 * Whether nobody but runs of this tool is known to hold anything: no such run is alive beside the schema lock, but the
 * server goes on with the statement of one that was killed, and lets go after it.
 */
function isHeldByTheDead({ held }: Found): boolean {
  const holders = held.flatMap((lock) => lock.holders);
  return held.length > 0 && holders.every(({ application }) => application.startsWith(OWN_NAMES));
}

async function judgeAll(
  databases: Databases,
  sets: readonly MigrationSet[],
  dryRun: boolean,
  found: Found,
): Promise<void> {
  found.held.length = 0;
  for (const set of sets) await judgeOne(databases, set, dryRun, found);
}

async function judgeOne(databases: Databases, set: MigrationSet, dryRun: boolean, found: Found): Promise<void> {
  const { plugin, package: name, table } = set;
  try {
    const knex = await databases.of(plugin);
    const lock = await readLock(knex, table);
    if (!lock) return;
    const verdict = judgeLock(lock);
    if (verdict.is === 'free') return;
    const judged = { plugin, package: name, table, reason: verdict.reason };
    if (verdict.is === 'held') {
      found.held.push({ ...judged, holders: verdict.holders });
      return;
    }
    if (!dryRun && !(await freeLock(knex, table, lock))) {
      found.held.push({ ...judged, reason: TAKEN_MEANWHILE, holders: [] });
      return;
    }
    found.freed.push(judged);
    log(`${plugin}: ${dryRun ? 'would free' : 'freed'} ${table}_lock: ${verdict.reason}`);
  } catch (error) {
    if (isMissingDatabase(error)) return;
    if (!isLockNotAvailable(error)) throw error;
    found.held.push({ plugin, package: name, table, reason: TAKEN_MEANWHILE, holders: [] });
  }
}
