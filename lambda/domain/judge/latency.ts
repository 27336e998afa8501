import { z } from 'zod';
import type { ProbeSample } from '../probe.ts';

/** What is kept of the comparison of green's latency with blue's. */
export const latencyCountSchema = z.strictObject({
  /** Looks in which both could be compared. */
  looks: z.int(),
  /** Rises with each look in which green was slower, and sinks with each in which it was not. */
  level: z.int(),
});
export type LatencyCount = z.infer<typeof latencyCountSchema>;

export const noComparison: LatencyCount = { looks: 0, level: 0 };

/** Green may take so much longer than blue, and a little more that nobody notices. */
const toleratedFactor = 1.1;
const toleratedMs = 10;

/** A look in which green was not slower takes back this many in which it was. */
const looksTakenBack = 2;
const levelThatFails = 14;
/** Later looks compare nothing more: the false-alarm probability holds up to here. */
const mostLooks = 30;

/**
 * Whether green answered more than half of the journeys slower than blue in one look; undefined when no
 * journey went well at both. A journey's latency is the median over a colour's tasks of the slowest answer.
 * One look gives one sign, since what slows one journey down for a moment slows them all.
 */
export function slowerInLook(samples: readonly ProbeSample[]): boolean | undefined {
  const journeys = [...new Set(samples.map(({ journey }) => journey))];
  const signs = journeys.flatMap((journey) => {
    const [green, blue] = (['green', 'blue'] as const).map((colour) => {
      const own = samples.filter((sample) => sample.journey === journey && sample.colour === colour);
      return own.some(({ failed }) => failed > 0) ? undefined : median(own.map(({ slowestMs }) => slowestMs));
    });
    return green === undefined || blue === undefined ? [] : [green > blue * toleratedFactor + toleratedMs];
  });
  return signs.length === 0 ? undefined : signs.filter(Boolean).length > signs.length / 2;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** The count with one look's comparison; without one it stays as it is. */
export function withComparison(count: LatencyCount, slower: boolean | undefined): LatencyCount {
  if (slower === undefined || count.looks >= mostLooks) return count;
  return { looks: count.looks + 1, level: slower ? count.level + 1 : Math.max(0, count.level - looksTakenBack) };
}

/**
 * Whether green is slower than blue, valid at every look: a sequential sign test. If neither colour were
 * faster, the sign of a look would be a coin's at worst (the tolerance makes it rarer), whatever the latencies'
 * distribution; the false-alarm probability over all 30 looks is then at most 0.20 %.
 */
export const isSlower = ({ level }: LatencyCount): boolean => level >= levelThatFails;
