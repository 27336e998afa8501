import type { Facts } from './facts.ts';
import { plan } from './plan.ts';
import type { ReleaseView } from './release-view.ts';
import { clock } from './words.ts';

const signs = {
  released: '✓',
  planned: '✓',
  rehearsed: '✓',
  unchanged: '✓',
  'rolled-back': '↩',
  refused: '✗',
  'needs-restore': '✗',
  failed: '✗',
} as const;

const meanings = {
  released: 'users have the new version',
  planned: 'nothing was changed',
  rehearsed: 'nothing was changed',
  unchanged: 'there was nothing to do',
  'rolled-back': 'users have the old version, as before',
  refused: 'nothing was changed',
  'needs-restore': 'a person is needed now: see "needs-restore" in docs/runbook.md',
  failed: 'a person is needed now: see "failed" in docs/runbook.md',
} as const;

/** How it ended and what that means, for a person. */
export function ending(facts: Facts, release: ReleaseView | null): string {
  const { outcome, kind, elapsedSeconds, reason } = facts;
  if (outcome === null) return '';
  const meaning =
    kind === 'rollback' && outcome === 'released' ? 'users have the known-good version' : meanings[outcome];
  return [
    `${signs[outcome]} ${outcome} after ${clock(elapsedSeconds)}: ${meaning}.`,
    ...(reason === '' ? [] : [`  ${reason}`]),
    ...(release !== null && (outcome === 'planned' || outcome === 'rehearsed') ? plan(release) : []),
  ].join('\n');
}
