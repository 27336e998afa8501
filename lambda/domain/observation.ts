import { z } from 'zod';
import { type Evidence, evidenceSchema, type LookAnswers, noEvidence, weigh } from './judge/evidence.ts';
import { type ProbeReport, tally } from './probe.ts';

const countsSchema = z.strictObject({ ok: z.int(), failed: z.int() });

/** What one look saw, kept small: the document has to stay far below 256 KiB. */
const lookSchema = z.strictObject({
  at: z.string(),
  phase: z.enum(['preparing', 'judging', 'shifting', 'baking']),
  /** Share of users' traffic that the production listener sends to green, in percent. */
  greenPercent: z.int(),
  green: countsSchema,
  blue: countsSchema,
  /** Whether green answered slower than blue; absent when they were not compared. */
  slower: z.boolean().optional(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reasons: z.array(z.string()),
});
export type Look = z.infer<typeof lookSchema>;

export const observationSchema = z.strictObject({
  looks: z.int(),
  /** What green answered on the test listener's side, before users could reach it. */
  before: z.strictObject({ rounds: z.int(), reasons: z.array(z.string()) }),
  /** What all looks together say. */
  evidence: evidenceSchema,
  /** The latest looks, oldest first. */
  recent: z.array(lookSchema),
});
export type Observation = z.infer<typeof observationSchema>;

export const noObservation: Observation = {
  looks: 0,
  before: { rounds: 0, reasons: [] },
  evidence: noEvidence,
  recent: [],
};

export const recentLooks = 5;

/** What of a report counts for and against each colour. The path through the test listener is green's. */
export function answered({ samples }: ProbeReport): Pick<Look, 'green' | 'blue'> {
  const [green, path, blue] = [tally(samples, 'green'), tally(samples, 'test'), tally(samples, 'blue')];
  return {
    green: { ok: green.ok + path.ok, failed: green.failed + path.failed },
    blue: { ok: blue.ok, failed: blue.failed },
  };
}

/** All evidence, with that of one look more. */
export function evidenceWith({ evidence, looks }: Observation, look: LookAnswers): Evidence {
  return weigh(evidence, looks + 1, look);
}

/** The observation with one look more. */
export function withLook(observation: Observation, look: Look): Observation {
  return {
    ...observation,
    looks: observation.looks + 1,
    evidence: evidenceWith(observation, look),
    recent: [...observation.recent, look].slice(-recentLooks),
  };
}

/**
 * Seconds until the next look. Looks grow rarer with the hours of a bake: an execution may have
 * 25,000 history events, a look costs eleven, and a bake lasts up to 48 hours.
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)
 */
export function lookInterval(intervalSeconds: number, bakedSeconds: number): number {
  return bakedSeconds < 3600 ? intervalSeconds : Math.max(intervalSeconds, 300);
}
