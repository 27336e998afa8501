import type { CopyReport } from './commands/copy';
import type { DownReport } from './commands/down';
import type { DropReport } from './commands/drop';
import type { FingerprintReport } from './commands/fingerprint';
import type { StatusReport } from './commands/status';
import type { UnlockReport } from './commands/unlock';
import type { UpReport } from './commands/up';
import type { Manifest } from './manifest';
import type { LostRows } from './rows/lostRows';

export function statusForPeople(report: StatusReport): string {
  const lines = report.plugins.flatMap(({ plugin, sets }) =>
    sets.flatMap((set) => [
      `${plugin} (${set.table}): ${set.applied} applied, ${set.pending.length} pending`,
      ...(set.lock
        ? [`  LOCKED ${set.lock.since ? `since ${set.lock.since}` : 'since nobody knows when'}: ${set.lock.reason}`]
        : []),
      ...set.pending.map((name) => `  pending  ${name}`),
      ...set.unknown.map((name) => `  unknown  ${name}`),
    ]),
  );
  const strangers = report.unplaced.map(({ package: name, reason }) => `not placed: ${name} ${reason}`);
  const running = report.running ? ['another run holds the schema lock'] : [];
  return [...lines, ...strangers, ...running, `${report.pending} pending, ${report.unknown} unknown`].join('\n');
}

export function upForPeople({ ok, dryRun, planned, applied, error, ms }: UpReport): string {
  const shown = dryRun ? planned : applied;
  const count = shown.reduce((sum, set) => sum + set.migrations.length, 0);
  const lines = shown.flatMap((set) => set.migrations.map((name) => `${set.plugin}  ${name}`));
  const end = dryRun ? `${count} migrations would be applied` : `${count} migrations applied in ${ms} ms`;
  return [...lines, ok ? end : `Failed: ${error?.message}`].join('\n');
}

export function manifestForPeople({ plugins, unplaced }: Manifest): string {
  const lines = plugins.flatMap(({ plugin, sets }) =>
    sets.flatMap((set) => [`${plugin} (${set.table}): ${set.package}`, ...set.migrations.map((name) => `  ${name}`)]),
  );
  return [...lines, ...unplaced.map(({ package: name, reason }) => `not placed: ${name} ${reason}`)].join('\n');
}

export function downForPeople(report: DownReport): string {
  const { ok, ms, dryRun, planned, unwound, kept, discarded, lost = [], healed, error } = report;
  const shown = dryRun || !ok ? planned : unwound;
  const count = shown.reduce((sum, set) => sum + set.migrations.length, 0);
  const done = new Set(unwound.flatMap((set) => set.migrations.map((name) => `${set.plugin}  ${name}`)));
  const lines = shown
    .flatMap((set) => set.migrations.map((name) => `${set.plugin}  ${name}`))
    .map((line) => (!ok && done.has(line) ? `${line}  (taken back)` : line));
  const stays = kept.flatMap((set) =>
    set.migrations.map((name) => `${set.plugin}  ${name}  (stays: new with this image)`),
  );
  const rows = [
    ...discarded.map((gone) => `${whereOf(gone)}  ${gone.rows} rows went with it`),
    ...lost.map((gone) => `${whereOf(gone)}  LOST ${gone.rows} rows that were there before the migration`),
    ...healed.map(({ plugin, entities }) => `${plugin}  will take up ${entities} entities that came in meanwhile`),
  ];
  const end = dryRun ? `${count} migrations would be taken back` : `${count} migrations taken back in ${ms} ms`;
  return [...lines, ...stays, ...rows, ok ? end : `Failed: ${error?.message}`].join('\n');
}

function whereOf({ plugin, table, column }: LostRows): string {
  return `${plugin}  ${table}${column === undefined ? '' : `.${column}`}`;
}

export function unlockForPeople({ ok, dryRun, freed, held, error }: UnlockReport): string {
  const lines = [
    ...freed.map(
      (lock) => `${lock.plugin}  ${lock.table}_lock  ${dryRun ? 'would be freed' : 'freed'}: ${lock.reason}`,
    ),
    ...held.map((lock) => `${lock.plugin}  ${lock.table}_lock  HELD: ${lock.reason}`),
  ];
  if (ok) return lines.length > 0 ? lines.join('\n') : 'No lock is held';
  return [...lines, `Failed: ${error?.message}`].join('\n');
}

export function fingerprintForPeople({ digest, plugins, unplaced }: FingerprintReport): string {
  const lines = plugins.flatMap((p) => [
    `${p.digest}  ${p.plugin}  ${p.tables} tables`,
    ...(p.details ?? []).map((line) => `  ${line}`),
  ]);
  const strangers = unplaced.map(({ package: name, reason }) => `not placed: ${name} ${reason}`);
  return [...lines, ...strangers, `${digest}  all together`].join('\n');
}

export function copyForPeople({ ok, ms, dryRun, rows, bytes, plugins, error }: CopyReport): string {
  const lines = plugins.flatMap((p) => [
    `${p.plugin}  ${p.rows} rows of ${p.tables} tables${dryRun ? '' : ` in ${p.ms} ms`}`,
    ...p.drift.onlyLive.map((line) => `  only live  ${line}`),
    ...p.drift.onlyCopy.map((line) => `  only copy  ${line}`),
  ]);
  const end = dryRun
    ? `about ${rows} rows, ${bytes} bytes would be copied`
    : `${rows} rows, ${bytes} bytes in ${ms} ms`;
  return [...lines, ok ? end : `Failed: ${error?.message}`].join('\n');
}

export function dropForPeople({ dryRun, dropped, left }: DropReport): string {
  const lines = [
    ...dropped.map((name) => `${name}  ${dryRun ? 'would be dropped' : 'dropped'}`),
    ...left.map((name) => `${name}  left alone: no copy that this tool made, or too young`),
  ];
  return lines.join('\n') || 'There is no such copy';
}
