import { z } from 'zod';
import { isWorse, withLookAt } from './against-blue.ts';
import {
  type Answers,
  type ErrorCount,
  errorCountSchema,
  failsInAll,
  failsLately,
  isUnwell,
  noAnswers,
  withAnswers,
} from './error-rate.ts';
import { isSlower, latencyCountSchema, noComparison, withComparison } from './latency.ts';

/**
 * All that the judge remembers of a release's probes. The tests spend 1 % of false alarms per release between
 * them, over all looks: at most 0.2 % each for errors from the start, errors of late, errors against blue,
 * latency, and users' errors, and 0.02 % for memory that grows (docs/adr/0023-judge.md).
 */
export const evidenceSchema = z.strictObject({
  green: errorCountSchema,
  blue: errorCountSchema,
  /** That green answers with errors more often than blue does, whatever ails both; 0 at the start. */
  worseThanBlue: z.number(),
  latency: latencyCountSchema,
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const noEvidence: Evidence = { green: noAnswers, blue: noAnswers, worseThanBlue: 0, latency: noComparison };

/** What one look adds. */
export interface LookAnswers {
  readonly green: Answers;
  readonly blue: Answers;
  /** Whether green answered slower than blue; absent when they were not compared. */
  readonly slower?: boolean | undefined;
}

/**
 * The evidence with the `looks`-th look's answers. While blue is itself unwell, green's answers count in
 * the comparison only: what both colours share speaks against the release neither then nor later.
 */
export function weigh(so: Evidence, looks: number, { green, blue, slower }: LookAnswers): Evidence {
  const blueNow = withAnswers(so.blue, blue);
  return {
    green: isUnwell(blueNow) ? so.green : withAnswers(so.green, green),
    blue: blueNow,
    worseThanBlue: withLookAt(so.worseThanBlue, looks, green, blue),
    latency: withComparison(so.latency, slower),
  };
}

const share = ({ failed, probes }: ErrorCount): number => (probes === 0 ? 0 : failed / probes);

/** Why the probes speak against green; null when they do not, or as much against blue. */
export function complaint({ green, blue, worseThanBlue, latency }: Evidence): string | null {
  if (failsLately(green) || (failsInAll(green) && share(blue) < share(green) / 2)) {
    return `${green.failed} of ${green.probes} probe requests to green failed`;
  }
  if (isWorse(worseThanBlue)) return 'probe requests to green fail more often than those to blue';
  return isSlower(latency) ? 'green answered most journeys slower than blue, look after look' : null;
}
