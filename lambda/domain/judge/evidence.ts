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

/** All that the judge remembers of a release's probes. */
export const evidenceSchema = z.strictObject({
  green: errorCountSchema,
  blue: errorCountSchema,
  /** That green answers with errors more often than blue does, whatever ails both; 0 at the start. */
  worseThanBlue: z.number(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const noEvidence: Evidence = { green: noAnswers, blue: noAnswers, worseThanBlue: 0 };

/**
 * The evidence with the `looks`-th look's answers. While blue is itself unwell, green's answers count in
 * the comparison only: what both colours share speaks against the release neither then nor later.
 */
export function weigh(so: Evidence, looks: number, green: Answers, blue: Answers): Evidence {
  const blueNow = withAnswers(so.blue, blue);
  return {
    green: isUnwell(blueNow) ? so.green : withAnswers(so.green, green),
    blue: blueNow,
    worseThanBlue: withLookAt(so.worseThanBlue, looks, green, blue),
  };
}

const share = ({ failed, probes }: ErrorCount): number => (probes === 0 ? 0 : failed / probes);

/** Why the probes speak against green; null when they do not, or as much against blue. */
export function complaint({ green, blue, worseThanBlue }: Evidence): string | null {
  if (failsLately(green) || (failsInAll(green) && share(blue) < share(green) / 2)) {
    return `${green.failed} of ${green.probes} probe requests to green failed`;
  }
  return isWorse(worseThanBlue) ? 'probe requests to green fail more often than those to blue' : null;
}
