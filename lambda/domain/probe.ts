import { z } from 'zod';
import { journeySchema } from './service.ts';

/** Whose answer a probe is: a colour's task, or the path through one of the listeners. */
export const colours = ['blue', 'green', 'production', 'test'] as const;
export type Colour = (typeof colours)[number];

export const probeTargetSchema = z.strictObject({
  ip: z.string(),
  port: z.int(),
  scheme: z.enum(['http', 'https']),
  /** Host header, and TLS server name. */
  host: z.string(),
  colour: z.enum(colours),
});
export type ProbeTarget = z.infer<typeof probeTargetSchema>;

/** Input of the prober function. */
export const probeRequestSchema = z.strictObject({
  targets: z.array(probeTargetSchema),
  journeys: z.array(journeySchema),
  rounds: z.int().positive(),
  /** Bearer token for journeys that are authenticated. */
  token: z.string().optional(),
});
export type ProbeRequest = z.infer<typeof probeRequestSchema>;

/** How one journey went at one target, over all rounds. */
export const probeSampleSchema = z.strictObject({
  ip: z.string(),
  port: z.int(),
  colour: z.enum(colours),
  journey: z.string(),
  ok: z.int(),
  failed: z.int(),
  /** Slowest good or bad answer, in milliseconds; 0 when none came. */
  slowestMs: z.number(),
  /** Why the first failed request failed; null when none did. */
  reason: z.string().nullable(),
});
export type ProbeSample = z.infer<typeof probeSampleSchema>;

/** Output of the prober function. */
export const probeReportSchema = z.strictObject({ rounds: z.int(), samples: z.array(probeSampleSchema) });
export type ProbeReport = z.infer<typeof probeReportSchema>;

export interface Tally {
  readonly ok: number;
  readonly failed: number;
  readonly reasons: readonly string[];
}

/** Good and failed answers of one colour, with the first few reasons. */
export function tally(samples: readonly ProbeSample[], colour: Colour): Tally {
  const own = samples.filter((sample) => sample.colour === colour);
  return {
    ok: own.reduce((sum, sample) => sum + sample.ok, 0),
    failed: own.reduce((sum, sample) => sum + sample.failed, 0),
    reasons: own
      .flatMap((sample) => (sample.reason === null ? [] : [`${sample.journey}: ${sample.reason}`]))
      .slice(0, 3),
  };
}
