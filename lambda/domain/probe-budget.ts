import { lookInterval, lookRounds } from './observation.ts';

/** What the judge's false-alarm probabilities hold for (docs/adr/0023-judge.md): probes of green in one release. */
export const mostProbes = 48_000;

/** Longest time between two looks while green is judged on the test listener, in seconds. */
export const quickLook = 10;

export interface Probing {
  readonly intervalSeconds: number;
  readonly roundsPerLook: number;
  readonly journeys: number;
  /** Green's tasks at most; autoscaling is suspended while a release runs. */
  readonly tasks: number;
  readonly readySeconds: number;
  readonly approvalSeconds: number;
  readonly shiftSeconds: number;
  readonly bakeSeconds: number;
}

/**
 * The most probes that a release sends to green, when everything takes as long as it may: with every round, before
 * users' traffic, the path through the test listener is asked like one task more.
 */
export function probesOfGreen(probing: Probing): number {
  const { intervalSeconds, roundsPerLook, journeys, tasks } = probing;
  const judging = Math.ceil(probing.readySeconds / Math.min(quickLook, intervalSeconds)) * roundsPerLook;
  const shifting = Math.ceil(probing.shiftSeconds / intervalSeconds) * roundsPerLook;
  const waiting = roundsWithin(probing.approvalSeconds, probing);
  const baking = roundsWithin(probing.bakeSeconds, probing);
  return ((judging + waiting) * (tasks + 1) + (shifting + baking) * tasks) * journeys;
}

function roundsWithin(seconds: number, { intervalSeconds, roundsPerLook }: Probing): number {
  let rounds = 0;
  for (let at = 0; at <= seconds; at += lookInterval(intervalSeconds, at)) rounds += lookRounds(roundsPerLook, at);
  return rounds;
}
