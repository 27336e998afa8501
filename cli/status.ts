import type { LedgerEntry } from '../lambda/domain/ledger-entry.ts';
import type { Live } from '../lambda/domain/live.ts';
import type { Lock } from '../lambda/domain/lock.ts';
import type { Account } from './account.ts';
import { describeExecution, Observer } from './execution.ts';
import { type Facts, factsOf } from './facts.ts';
import { readLive, readLock, readReleases } from './ledger.ts';
import type { DeployedService } from './services.ts';
import { firingAlarms, readServing, type Serving, scalingSuspended } from './serving.ts';

const lastReleases = 3;

/** How one service stands: what `status --json` gives. */
export interface ServiceStatus {
  readonly service: string;
  /** What the ledger calls live: the last version that a release proved good, and a rollback brings back. */
  readonly knownGood: Live | null;
  /** What ECS runs; null when it runs nothing, or the description cannot be read. */
  readonly serving: Serving | null;
  readonly lock: { readonly holder: string; readonly since: string; readonly running: boolean } | null;
  readonly running: Facts | null;
  readonly alarmsFiring: readonly string[];
  readonly scalingSuspended: boolean | null;
  readonly last: readonly LedgerEntry[];
  /** What a person has to see to; empty when all is well. */
  readonly attention: readonly string[];
}

export async function statusOf(account: Account, deployed: DeployedService): Promise<ServiceStatus> {
  const { service, description, shape } = deployed;
  const readable = description !== null && shape !== null;
  const [knownGood, lock, last, serving, alarmsFiring, suspended] = await Promise.all([
    readLive(account, service),
    readLock(account, service),
    readReleases(account, service, lastReleases),
    readable ? readServing(account, description, shape) : null,
    readable ? firingAlarms(account, description) : [],
    readable ? scalingSuspended(account, description) : null,
  ]);
  const { held, running } = await holderOf(account, lock);
  const status = { service, knownGood, serving, lock: held, running, alarmsFiring, scalingSuspended: suspended, last };
  const unreadable = readable
    ? []
    : ['its description in SSM is of a form that this version does not know: deploy it again'];
  return { ...status, attention: [...unreadable, ...attention(status, readable)] };
}

async function holderOf(
  account: Account,
  lock: Lock | null,
): Promise<{ held: ServiceStatus['lock']; running: Facts | null }> {
  if (lock?.holder === undefined) return { held: null, running: null };
  const { release, since, execution } = lock.holder;
  const described = await describeExecution(account, execution);
  const facts = described === null ? null : factsOf(await new Observer(account, described).look(), 0);
  const running = facts?.outcome === null ? facts : null;
  return { held: { holder: release, since, running: running !== null }, running };
}

/** Pure: what of this needs a person. */
export function attention(status: Omit<ServiceStatus, 'attention'>, readable = true): string[] {
  const { serving, lock, alarmsFiring, scalingSuspended: suspended, last, running } = status;
  const found: string[] = [];
  if (readable && serving === null) found.push('nothing serves: ECS has no primary task set');
  if (serving !== null && running === null && serving.running < serving.desired) {
    found.push(`only ${serving.running} of ${serving.desired} tasks run`);
  }
  if (lock !== null && !lock.running) {
    found.push(
      `${lock.holder} ended without giving the lock back: roll back, or start the next release, which takes it over`,
    );
  }
  if (alarmsFiring.length > 0) found.push(`in ALARM: ${alarmsFiring.join(', ')}`);
  if (suspended === true && running === null) found.push('autoscaling is suspended, and no release runs');
  const ended = last.find(({ outcome }) => outcome !== null);
  if (ended?.outcome === 'failed' || ended?.outcome === 'needs-restore') {
    found.push(`${ended.id} ended as ${ended.outcome}: ${ended.reason}`);
  }
  return found;
}
