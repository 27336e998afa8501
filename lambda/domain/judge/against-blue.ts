import type { Answers } from './error-rate.ts';

/** Ratio of the odds of an error, green's to blue's, that the test is made to see. */
const oddsRatio = 8;
/** Evidence at which green is worse than blue. By Ville's inequality a false alarm has probability 1/500. */
const evidenceThatFails = 500;

const size = ({ ok, failed }: Answers): number => ok + failed;

/**
 * How much likelier one look's errors are distributed over the colours as they are if green's odds of an
 * error were eight times blue's than if they were equal. Given the number of errors in the look, the
 * distribution is hypergeometric, whatever the rate (Fisher's exact test): the rate may change from look to
 * look, as when both depend on something that fails. Its mean is 1 when green is as good as blue.
 */
export function evidenceOfLook(green: Answers, blue: Answers): number {
  const errors = green.failed + blue.failed;
  if (errors === 0) return 1;
  const fewest = Math.max(0, errors - size(blue));
  const most = Math.min(errors, size(green));
  let ways = 0;
  let equal = Number.NEGATIVE_INFINITY;
  let worse = Number.NEGATIVE_INFINITY;
  for (let ofGreen = fewest; ofGreen <= most; ofGreen += 1) {
    equal = logSum(equal, ways);
    worse = logSum(worse, ways + (ofGreen - green.failed) * Math.log(oddsRatio));
    ways += Math.log(
      ((size(green) - ofGreen) * (errors - ofGreen)) / ((ofGreen + 1) * (size(blue) - errors + ofGreen + 1)),
    );
  }
  return Math.exp(equal - worse);
}

function logSum(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log(Math.exp(a - larger) + Math.exp(b - larger));
}

/**
 * The evidence with one look more, the `looks`-th. Green may get worse at any look: the n-th is believed to
 * be the first bad one with 1 / n(n + 1), which adds up to 1 over all looks, so that the evidence stays a
 * supermartingale from 1 (an e-process) while green is no worse than blue.
 */
export function withLookAt(evidence: number, looks: number, green: Answers, blue: Answers): number {
  const next = (evidence + 1 / (looks * (looks + 1))) * evidenceOfLook(green, blue);
  return Math.min(next, evidenceThatFails);
}

export const isWorse = (evidence: number): boolean => evidence >= evidenceThatFails;
