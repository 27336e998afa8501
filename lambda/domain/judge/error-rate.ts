import { z } from 'zod';

/** What is kept of a version's answers to probes: enough to judge it at any look, and no samples. */
export const errorCountSchema = z.strictObject({
  probes: z.int(),
  failed: z.int(),
  /** Rises with each failed answer and sinks with each good one: what failed lately, and not long ago. */
  level: z.int(),
});
export type ErrorCount = z.infer<typeof errorCountSchema>;

export interface Answers {
  readonly ok: number;
  readonly failed: number;
}

export const noAnswers: ErrorCount = { probes: 0, failed: 0, level: 0 };

/** A failed answer weighs as much as this many good ones. */
const goodPerFailed = 100;
/** Level that speaks against a version: four failed answers among the last fifty, five among 150. */
const levelThatFails = 350;
/** Three failed answers may never be chance; what is tolerated beyond grows by one with so many answers. */
const firstFailures = 3;
const answersPerFailure = 200;

/**
 * The count with one look's answers. Which of them came first is not known: the failed ones are taken
 * to, which keeps the level at or below what the true order gives, so that it never adds a false alarm.
 * It ends where it fails a version, so that a blue that was down is a yardstick again some time after.
 */
export function withAnswers(count: ErrorCount, { ok, failed }: Answers): ErrorCount {
  return {
    probes: count.probes + ok + failed,
    failed: count.failed + failed,
    level: Math.min(levelThatFails, Math.max(0, count.level + goodPerFailed * failed - ok)),
  };
}

/**
 * Whether so many failures among so many answers are more than the SLO of 0.1 % explains; valid at every look.
 * A line that the count must not cross: a one-sided sequential probability ratio test in whole numbers. If
 * answers fail independently at the SLO or below, it raises a false alarm with 0.19 % at most, however long it
 * runs; it catches 5 % errors within 150 answers with 98.2 % (docs/adr/0023-judge.md).
 */
export function failsInAll({ probes, failed }: Pick<ErrorCount, 'probes' | 'failed'>): boolean {
  return failed >= firstFailures + Math.floor(probes / answersPerFailure);
}

/**
 * Whether a version fails more than the SLO explains from whatever answer on (CUSUM): what turns bad after days.
 * A false alarm at the SLO has 0.2 % within 48,000 probes, which no release reaches.
 */
export const failsLately = ({ level }: ErrorCount): boolean => level >= levelThatFails;

/** Whether a version failed twice of late, or more in all than the SLO explains: no yardstick for another one. */
export const isUnwell = (count: ErrorCount): boolean => count.level > goodPerFailed || failsInAll(count);
