import type { ReleaseView } from './release-view.ts';

/** An entry of the ledger, for machines. */
export function entryOf(release: ReleaseView) {
  const { id, kind, openedAt, closedAt, request, outcome, reason, image, state } = release;
  return {
    release: id,
    kind,
    service: release.service,
    version: request?.version ?? null,
    sequence: request?.sequence ?? null,
    digest: image?.digest ?? null,
    commit: request?.commit ?? null,
    policy: request?.policy ?? null,
    requestedBy: request?.requestedBy ?? null,
    requestReason: request?.reason ?? null,
    openedAt,
    closedAt,
    tookSeconds: closedAt === null ? null : Math.round((Date.parse(closedAt) - Date.parse(openedAt)) / 1000),
    state: state.name,
    outcome,
    reason,
  };
}
export type Entry = ReturnType<typeof entryOf>;
