import { z } from 'zod';
import { outcomes, type Release } from './release.ts';

/** What the ledger tells of a release without its whole document. */
export const ledgerEntrySchema = z.object({
  id: z.string(),
  kind: z.enum(['release', 'rollback']),
  service: z.string(),
  version: z.string().nullable(),
  sequence: z.number().nullable(),
  /** Absent from entries of before it was kept. */
  policy: z.string().nullable().default(null),
  commit: z.string().nullable(),
  requestedBy: z.string().nullable(),
  /** Why it was asked for. */
  why: z.string().nullable(),
  /** ISO. */
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  /** Fencing token; null when it never held the lock. */
  token: z.number().nullable(),
  /** The last state that ran. */
  state: z.string(),
  outcome: z.enum(outcomes).nullable(),
  /** Why it ended as it did. */
  reason: z.string(),
  digest: z.string().nullable(),
  /** The revision that it was to bring. */
  taskDefinition: z.string().nullable(),
  /** The revision that served when it opened. */
  replaced: z.string().nullable(),
  deployment: z.string().nullable(),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export function ledgerEntry(release: Release): LedgerEntry {
  const { request, rollback } = release;
  const asked = rollback !== null && 'service' in rollback.asked ? rollback.asked : null;
  return {
    id: release.id,
    kind: release.kind,
    service: release.service,
    version: request?.version ?? null,
    sequence: request?.sequence ?? null,
    policy: request?.policy ?? null,
    commit: request?.commit ?? null,
    requestedBy: request?.requestedBy ?? asked?.requestedBy ?? null,
    why: request?.reason ?? asked?.reason ?? null,
    openedAt: release.openedAt,
    closedAt: release.closedAt,
    token: release.token,
    state: release.state.name,
    outcome: release.outcome,
    reason: release.reason,
    digest: release.image?.digest ?? null,
    taskDefinition: release.revision,
    replaced: release.blue?.taskDefinition ?? null,
    deployment: release.deployment?.id ?? null,
  };
}
