import type { Visit } from './execution.ts';
import type { Facts, Span } from './facts.ts';
import { bar, clock } from './words.ts';

/** A release that goes well goes through these, in this order; a state that is not needed is passed over. */
export const wayForward = [
  'Open',
  'Register',
  'Plan',
  'Rehearse',
  'Snapshot',
  'Migrate',
  'Shift',
  'Observe',
  'Promote',
  'Close',
] as const;

/** Only needed when there is something to change in the schema. */
const onlyWithMigrations: ReadonlySet<string> = new Set(['Snapshot', 'Migrate']);

const barWidth = 24;

/** What a state says of itself while it runs; empty for one that says nothing. */
function details(facts: Facts): string[] {
  const lines: string[] = [];
  const { newPercent, rounds, bake, deadline, probes, verdict, reasons } = facts;
  const inTraffic = ['Observe', 'Promote', 'Retreat'].includes(facts.state);
  const judging = facts.state === 'Observe';
  if (rounds !== null) {
    lines.push(
      labelled('probed', rounds.answered / Math.max(1, rounds.wanted), `${rounds.answered} of ${rounds.wanted} rounds`),
    );
  }
  if (inTraffic && newPercent !== null)
    lines.push(labelled('traffic', newPercent / 100, `${newPercent} % on the new version`));
  if (bake !== null) lines.push(labelled('bake', part(bake), `${left(bake)} left of ${clock(bake.totalSeconds)}`));
  if (deadline !== null)
    lines.push(labelled('deadline', part(deadline), `${left(deadline)} left of ${clock(deadline.totalSeconds)}`));
  if (judging && facts.looks > 0) {
    const old = probes.old.sent === 0 ? '' : `; old ${probes.old.sent}, ${probes.old.failed} failed`;
    lines.push(`probes   new ${probes.new.sent}, ${probes.new.failed} failed${old} (${facts.looks} looks)`);
  }
  if ((judging || facts.state === 'Retreat') && verdict !== null)
    lines.push(`verdict  ${verdict}${reasons.length > 0 ? `: ${reasons.join(' ')}` : ''}`);
  if (facts.waitsForApproval) lines.push('waits    for somebody to approve it');
  if (facts.cancelledBy !== null) lines.push(`cancelled by ${facts.cancelledBy}`);
  if (facts.nextLookSeconds !== null) lines.push(`next     looks again in ${facts.nextLookSeconds} s`);
  return lines;
}

const part = ({ elapsedSeconds, totalSeconds }: Span): number => elapsedSeconds / Math.max(1, totalSeconds);
const left = ({ elapsedSeconds, totalSeconds }: Span): string => clock(totalSeconds - elapsedSeconds);
const labelled = (name: string, share: number, text: string): string =>
  `${name.padEnd(8)} ${bar(share, barWidth)} ${text}`;

/** One word for what is being followed: `backstage 1.4.0 (feature)`. */
export function titleOf({ kind, service, version, policy }: Facts): string {
  const what =
    kind === 'rollback'
      ? `rollback of ${service ?? '…'}${version ? ` to ${version}` : ''}`
      : `${service ?? '…'} ${version ?? ''}`;
  return `${what.trim()}${policy && kind === 'release' ? ` (${policy})` : ''}`;
}

/** The release as a person at a terminal sees it: a line per state, and more of the one that runs. */
export function picture(facts: Facts, visits: readonly Visit[]): string[] {
  const visited = new Map(visits.map((visit) => [visit.state, visit]));
  const running = facts.outcome === null;
  const beyond = visits.some(({ state }) => !wayForward.some((each) => each === state));
  const rows = [
    ...visits.map(({ state }) => state),
    // What is still to come, unless the release is on its way back.
    ...(running && !beyond
      ? wayForward.slice(lastIndex(visits) + 1).filter((state) => !onlyWithMigrations.has(state))
      : []),
  ];
  return [
    `${titleOf(facts)}   ${clock(facts.elapsedSeconds)}   ${facts.release}`,
    ...rows.flatMap((state) => {
      const visit = visited.get(state);
      if (visit === undefined) return [`  · ${state}`];
      const name = state.padEnd(9);
      if (state === facts.state && running) {
        return [
          `  ▸ ${name} ${facts.phase ?? facts.rehearsing ?? ''}`.trimEnd(),
          ...details(facts).map((line) => `      ${line}`),
        ];
      }
      const sign = facts.failedStates.includes(state) ? '✗' : '✓';
      return [
        `  ${sign} ${name} ${visit.leftAt === null ? '' : clock((visit.leftAt - visit.enteredAt) / 1000)}`.trimEnd(),
        ...(state === 'Open' ? facts.admission.map((line) => `      ${line}`) : []),
      ];
    }),
  ];
}

function lastIndex(visits: readonly Visit[]): number {
  return Math.max(-1, ...visits.map(({ state }) => wayForward.findIndex((each) => each === state)));
}

/** One line of a log: what changed, and what it looks like now. */
export function logLine(facts: Facts): string {
  const { newPercent, phase, verdict, reasons, probes, state } = facts;
  const parts = [clock(facts.elapsedSeconds).padStart(7), state.padEnd(9), (phase ?? facts.rehearsing ?? '').padEnd(9)];
  if (newPercent !== null && facts.phase !== null) parts.push(`new ${String(newPercent).padStart(3)} %`);
  if (facts.looks > 0 && phase !== null) parts.push(`${probes.new.sent} probes, ${probes.new.failed} failed`);
  if (verdict !== null && phase !== null) parts.push(`${verdict}${reasons.length > 0 ? `: ${reasons.join(' ')}` : ''}`);
  if (facts.waitsForApproval) parts.push('waits for somebody to approve it');
  if (facts.cancelledBy !== null) parts.push(`(cancelled by ${facts.cancelledBy})`);
  return parts.join('  ').trimEnd();
}
