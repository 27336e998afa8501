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
  /** Green's answers to probes since users reach it. */
  judged: z.int(),
  /** What all looks together say. */
  evidence: evidenceSchema,
  /** The latest looks, oldest first. */
  recent: z.array(lookSchema),
});
export type Observation = z.infer<typeof observationSchema>;

export const noObservation: Observation = {
  looks: 0,
  before: { rounds: 0, reasons: [] },
  judged: 0,
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
    judged: observation.judged + judgedIn(look),
    evidence: evidenceWith(observation, look),
    recent: [...observation.recent, look].slice(-recentLooks),
  };
}

/** Green's answers of a look that count as judged requests: those while users reach it. */
export const judgedIn = ({ phase, green }: Pick<Look, 'phase' | 'green'>): number =>
  phase === 'shifting' || phase === 'baking' ? green.ok + green.failed : 0;

const hour = 3600;

/**
 * Seconds until the next look: as configured, 60 at most, while traffic moves and for an hour more; then they grow
 * rarer. An execution may have 25,000 history events and a look costs eleven; a bake lasts up to 48 hours
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). Between two looks CodeDeploy still
 * watches its alarms, minute by minute.
 *
 * @param quietSeconds since green serves everybody, or since it waits for an approval; 0 before
 */
export function lookInterval(intervalSeconds: number, quietSeconds: number): number {
  if (quietSeconds < hour) return intervalSeconds;
  return quietSeconds < 6 * hour ? 300 : 600;
}

/**
 * Seconds until the next look at a version that bakes. There is one when the bake ends, and from then on they are
 * as frequent as at first: CodeDeploy keeps the old version only a quarter of an hour longer.
 */
export function nextLook(
  intervalSeconds: number,
  { baked, bakeSeconds }: { readonly baked: number; readonly bakeSeconds: number },
): number {
  if (baked >= bakeSeconds) return intervalSeconds;
  return Math.max(intervalSeconds, Math.min(lookInterval(intervalSeconds, baked), bakeSeconds - baked));
}

/** Rounds of all journeys in one look: fewer once there have been many, so that a release's probes stay bounded. */
export const lookRounds = (roundsPerLook: number, quietSeconds: number): number =>
  quietSeconds < hour / 4 ? roundsPerLook : 1;
