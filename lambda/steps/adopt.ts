import { putRelease, readRelease } from '../aws/ledger.ts';
import { takeLock } from '../aws/lock.ts';
import { adopted } from '../domain/recovery.ts';
import { newRelease, type Release } from '../domain/release.ts';
import type { Rollback } from '../domain/rollback.ts';
import { environment } from './environment.ts';
import type { LockView } from './lock.ts';

/**
 * Takes an abandoned release's lock over and goes on with its document, under this execution: from the
 * way back, or to its end.
 *
 * @param own the document of the rollback that does it, which ends with this
 */
export async function adopt(
  own: Release & { readonly rollback: Rollback },
  view: LockView & { readonly kind: 'abandoned' | 'own' },
  now: string,
  status = 'ABANDONED',
): Promise<Release> {
  const table = environment('LEDGER_TABLE');
  const { lock } = view;
  const { holder } = lock;
  if (holder === undefined) throw new TypeError('A lock that nobody holds cannot be taken over.');
  const service = own.service;
  const by = { ...holder, execution: own.execution };
  const token = view.kind === 'own' ? lock.token : await takeLock(table, service, lock, by);
  if (token === null) return { ...own, wait: { seconds: 3, resume: 'Open' } };
  const stored = await readRelease(table, service, holder);
  const { description, shape } = own;
  const left = stored ?? {
    ...newRelease({ id: holder.execution, name: holder.release }, holder.since),
    service,
    description,
    shape,
  };
  const text = `The execution of release ${left.id} ended as ${status} after ${left.state.name}, and was taken over by ${own.id}.`;
  if (own.id !== left.id) await endOwn(own, left, now);
  return adopted(left, { execution: own.execution, token, rollback: own.rollback }, { status, text });
}

/** A rollback that ends as another release's recovery has an end of its own in the ledger, when it is known there. */
async function endOwn(own: Release & { readonly rollback: Rollback }, left: Release, now: string): Promise<void> {
  if ('recover' in own.rollback.asked) return;
  const again = own.rollback.asked.to === undefined ? '' : ` Start it again to go to ${own.rollback.asked.to}.`;
  const reason = `Release ${left.id} had been abandoned: it was brought to its end instead, and its entry tells how.${again}`;
  await putRelease(environment('LEDGER_TABLE'), { ...own, outcome: 'unchanged', reason, closedAt: now });
}
