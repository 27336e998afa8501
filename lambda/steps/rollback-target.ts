import { imageDigest } from '../aws/ecr.ts';
import * as ecs from '../aws/ecs.ts';
import { isNamed } from '../aws/errors.ts';
import { history } from '../aws/ledger.ts';
import { allowed, chooseTarget, type Live, named, unknown, type Version } from '../domain/known-good.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { environment } from './environment.ts';
import { Refusal } from './refusal.ts';
import type { DeployedService } from './what-serves.ts';

/** Releases looked through for the known-good ones. */
const remembered = 200;

/**
 * A target that is named has to be there before a running release is cancelled for it.
 * @throws Refusal when it was never released, or its image or revision is gone
 */
export async function refuseImpossible(to: string, service: DeployedService): Promise<void> {
  const entries = await recall(service);
  const target = named(entries, to);
  const nothing = { taskDefinition: '', version: null };
  if (target === null) throw new Refusal(`${unknown(to)} ${allowed({ history: entries, live: nothing })}`);
  await refuseGone(target, service, entries);
}

export interface Asked {
  readonly live: Live;
  readonly to: string | undefined;
  readonly waitedFor: string | null;
  readonly now: string;
}

/** @throws Refusal when there is no such version, or its image or revision is gone */
export async function findTarget(
  service: DeployedService,
  asked: Asked,
): Promise<{ readonly target: Version } | { readonly nothingToDo: string }> {
  const entries = await recall(service);
  const choice = chooseTarget({ ...asked, history: entries });
  if ('refusal' in choice) throw new Refusal(choice.refusal);
  if ('target' in choice) await refuseGone(choice.target, service, entries);
  return choice;
}

async function refuseGone(
  { version, release, digest, taskDefinition }: Version,
  { description }: DeployedService,
  entries: readonly LedgerEntry[],
): Promise<void> {
  const { name } = description.repository;
  const refuse = (why: string): never => {
    const others = allowed({ history: entries, live: { taskDefinition, version } });
    throw new Refusal(`${version} (release ${release}) cannot be brought back: ${why}. ${others}`);
  };
  if ((await imageDigest(name, digest)) === null) refuse(`its image ${digest} is gone from the repository ${name}`);
  const status = await revisionStatus(taskDefinition);
  if (status !== 'ACTIVE') refuse(`its task definition ${taskDefinition} is ${status}`);
}

async function revisionStatus(arn: string): Promise<string> {
  try {
    return (await ecs.taskDefinition(arn)).definition.status ?? 'ACTIVE';
  } catch (error) {
    // What ECS answers for a revision that has been deleted.
    if (isNamed(error, 'ClientException')) return 'gone';
    throw error;
  }
}

/** Page by page: a query ends after a megabyte, which is fewer entries than asked for. */
async function recall({ description }: DeployedService): Promise<readonly LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  let from: string | null = null;
  do {
    const limit = remembered - found.length;
    const page = await history(environment('LEDGER_TABLE'), description.service, { limit, from });
    found.push(...page.entries);
    from = page.next;
  } while (from !== null && found.length < remembered);
  return found;
}
