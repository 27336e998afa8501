import { complaint, noEvidence, weigh } from '../../../../lambda/domain/judge/evidence.ts';
import {
  isSlower,
  type LatencyCount,
  noComparison,
  slowerInLook,
  withComparison,
} from '../../../../lambda/domain/judge/latency.ts';
import type { ProbeSample } from '../../../../lambda/domain/probe.ts';
import { answers, random } from './exact.ts';

/** Error rate of a look, counted from 1. */
export type Rate = (look: number) => number;

export const always =
  (rate: number): Rate =>
  () =>
    rate;

export interface Releases {
  readonly releases: number;
  readonly looks: number;
  /** Probes of each colour in one look. */
  readonly size: number;
  readonly green: Rate;
  readonly blue: Rate;
}

/** Share of seeded releases in which green is failed for its answers, and the mean look at which it is. */
export function simulateErrors(of: Releases): { readonly share: number; readonly at: number } {
  const next = random(20_261_121);
  const failedAt: number[] = [];
  for (let release = 0; release < of.releases; release += 1) {
    let evidence = noEvidence;
    for (let look = 1; look <= of.looks; look += 1) {
      const green = answers(of.size, of.green(look), next);
      evidence = weigh(evidence, look, { green, blue: answers(of.size, of.blue(look), next) });
      if (complaint(evidence) === null) continue;
      failedAt.push(look);
      break;
    }
  }
  return { share: failedAt.length / of.releases, at: failedAt.reduce((sum, look) => sum + look, 0) / failedAt.length };
}

export interface Latencies {
  readonly releases: number;
  readonly looks: number;
  readonly journeys: number;
  readonly rounds: number;
  /** How many times as long green takes. */
  readonly factor: number;
  /** Spread of the log-normal latencies around 200 ms. */
  readonly sigma: number;
}

/** Share of seeded releases in which green, with two tasks as blue, is found slower. */
export function simulateLatency({ releases, looks, journeys, rounds, factor, sigma }: Latencies): number {
  const next = random(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const slowest = (ms: number): number =>
    ms * Math.exp(sigma * Math.max(...Array.from({ length: rounds }, () => normal())));
  const task = (colour: 'green' | 'blue', name: number): ProbeSample => ({
    ip: '10.0.1.1',
    port: 7100,
    colour,
    journey: String(name),
    ok: rounds,
    failed: 0,
    slowestMs: slowest(colour === 'green' ? 200 * factor : 200),
    reason: null,
  });
  let found = 0;
  for (let release = 0; release < releases; release += 1) {
    let count: LatencyCount = noComparison;
    for (let look = 0; look < looks && !isSlower(count); look += 1) {
      const samples = Array.from({ length: journeys }, (_, name) => [
        task('blue', name),
        task('blue', name),
        task('green', name),
        task('green', name),
      ]);
      count = withComparison(count, slowerInLook(samples.flat()));
    }
    if (isSlower(count)) found += 1;
  }
  return found / releases;
}
