import { ledgerEntry } from './ledger-entry.ts';
import type { RehearsalVerdict } from './rehearsal/record.ts';
import type { Outcome, Release } from './release.ts';

/**
 * Detail types of the events that a release puts on the default bus, from the source `understudy`. The first state is
 * told by `Release started`, the last by `Release ended`, and every other that the release enters by `Release phase`.
 */
export type ReleaseEventType =
  | 'Release started'
  | 'Release phase'
  | 'Release awaits approval'
  | 'Release decided'
  | 'Release ended';

export interface ReleaseEventDetail {
  readonly release: string;
  readonly kind: Release['kind'];
  readonly service: string;
  readonly version: string | null;
  readonly sequence: number | null;
  readonly digest: string | null;
  /** The state that the release is in. */
  readonly state: string;
  readonly verdict: 'pass' | 'fail' | null;
  readonly outcome: Outcome | null;
  /** What the rehearsal came to; null before it has ended, and when it could not be made. */
  readonly rehearsal: RehearsalVerdict | null;
  /** Name of the database's snapshot from before the migrations; null where none was taken. */
  readonly snapshot: string | null;
  readonly reason: string;
  /** When it entered that state: ISO, from the state machine's clock. Events repeated by a retry agree in it. */
  readonly at: string;
}

export function eventDetail(release: Release): ReleaseEventDetail {
  return {
    release: release.id,
    kind: release.kind,
    service: release.service,
    version: release.request?.version ?? null,
    sequence: release.request?.sequence ?? null,
    digest: release.image?.digest ?? null,
    state: release.state.name,
    verdict: release.decision?.verdict ?? null,
    outcome: release.outcome,
    rehearsal: release.rehearsal?.verdict ?? null,
    snapshot: release.snapshot?.id ?? null,
    reason: release.reason || (release.decision?.reasons.join(' ') ?? ''),
    at: release.state.at,
  };
}

/** The notification of a release's end: subject (SNS allows 100 ASCII characters) and text. */
export function notification(release: Release): { readonly subject: string; readonly message: string } {
  const to = release.kind === 'rollback' ? 'rollback to ' : '';
  const version = release.request === null ? to.replace(/ to $/, '') : `${to}${release.request.version}`;
  const what = `${release.service} ${version}`.trim();
  const subject = `[understudy] ${what}: ${release.outcome ?? 'open'}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
  return {
    subject,
    message: JSON.stringify({ ...eventDetail(release), requestedBy: ledgerEntry(release).requestedBy }, null, 2),
  };
}
