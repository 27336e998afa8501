import type { Report } from '../scenarios/report.ts';

export interface Played {
  readonly report: Report;
  /** What did not end as it should; empty when all did. */
  readonly complaints: readonly string[];
}

/** The table at the end. */
export function summary(played: readonly Played[]): string {
  const head = [
    'scenario',
    'ended',
    'requests',
    'failed',
    'on new',
    'found after',
    'back after',
    'took',
    'as it should',
  ];
  const rows = played.map(({ report, complaints }) => [
    report.scenario,
    report.outcome,
    String(report.requests.total),
    String(report.requests.failed),
    String(report.requests.onGreen),
    between(report.detection.firstBadAt, report.detection.decidedAt),
    between(report.detection.decidedAt, report.detection.restoredAt),
    `${report.tookSeconds} s`,
    complaints.length === 0 ? 'yes' : 'NO',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(head),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map(line),
    '',
    'requests: of users. found and back after: stage time from the first bad answer to the decision, and to the',
    'moment when the old version had all users again.',
    ...played.flatMap(({ report, complaints }) => complaints.map((complaint) => `${report.scenario}: ${complaint}`)),
  ].join('\n');
}

function between(from: string | null, to: string | null): string {
  if (from === null || to === null) return '–';
  return `${Math.round((Date.parse(to) - Date.parse(from)) / 1000)} s`;
}
