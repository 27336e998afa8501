import { readSignal } from '../aws/signals.ts';
import type { ShiftedRelease, Word } from '../domain/release.ts';
import { environment } from './environment.ts';

/** Whether a person has to let users in. A rollback waits for nobody. */
export function needsApproval({ request, description }: ShiftedRelease): boolean {
  return request.policy !== 'rollback' && (request.approval || description.policies[request.policy].approval);
}

/** Who approved the release and why; null while nobody has. */
export async function approvalOf({ id, approved }: ShiftedRelease): Promise<Word | null> {
  return approved ?? (await readSignal(environment('LEDGER_TABLE'), id, 'APPROVAL'));
}
