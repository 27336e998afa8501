import { type ErrorCount, withAnswers } from '../../../../lambda/domain/judge/error-rate.ts';

/** A sequential test whose state is one small integer, once the number of answers is known. */
export interface Chain {
  readonly fails: (count: ErrorCount) => boolean;
  readonly state: (count: ErrorCount) => number;
  readonly count: (state: number, probes: number) => ErrorCount;
}

/**
 * The probability that answers, of which each fails with probability `errorRate`, ever make the test fail,
 * when it looks after each of `probes` answers. Exact: a dynamic program over the chain's states.
 */
export function everFails(chain: Chain, errorRate: number, probes: number): number {
  let alive = new Float64Array(512);
  alive[0] = 1;
  let failed = 0;
  for (let probe = 0; probe < probes; probe += 1) {
    const next = new Float64Array(512);
    for (const [state, chance] of alive.entries()) {
      if (chance === 0) continue;
      const count = chain.count(state, probe);
      const good = chain.state(withAnswers(count, { ok: 1, failed: 0 }));
      next[good] = (next[good] ?? 0) + chance * (1 - errorRate);
      const after = withAnswers(count, { ok: 0, failed: 1 });
      const bad = chain.state(after);
      if (chain.fails(after)) failed += chance * errorRate;
      else next[bad] = (next[bad] ?? 0) + chance * errorRate;
    }
    alive = next;
  }
  return failed;
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How many of `size` requests fail: from one failure to the next, so that few failures cost few numbers. */
export function answers(size: number, errorRate: number, next: () => number): { ok: number; failed: number } {
  const toNext = (): number => 1 + Math.floor(Math.log(1 - next()) / Math.log(1 - errorRate));
  if (errorRate === 0 || errorRate === 1) return { ok: size * (1 - errorRate), failed: size * errorRate };
  let failed = 0;
  for (let at = toNext(); at <= size; at += toNext()) failed += 1;
  return { ok: size - failed, failed };
}
