import { z } from 'zod';

/** For a service with background work, which logs once a minute by how many seconds it is behind. */
const freshnessSchema = z.strictObject({
  /** People are called when it is further behind for long. */
  thresholdSeconds: z.int().positive(),
  /** Share of what it logs that is within the threshold. */
  target: z.number().min(0.5).max(0.99999),
});
export type Freshness = z.infer<typeof freshnessSchema>;

/** What a service promises its users: its error budget, its burn-rate alarms and its dashboard follow from it. */
export const sloSchema = z.strictObject(
  {
    /** Share of requests that are answered without a server error. */
    availability: z.number().min(0.5).max(0.99999),
    /** The promise is kept or broken over so many days; CloudWatch keeps hours, which this is counted in, for 455. */
    windowDays: z.int().min(1).max(90),
    /** `target` of the requests are answered within `thresholdMs`. */
    latency: z.strictObject({
      thresholdMs: z.int().positive(),
      target: z.number().min(0.5).max(0.99999),
    }),
    freshness: freshnessSchema.optional(),
  },
  {
    error: ({ input }) =>
      input === undefined
        ? 'is missing, and nothing would say when users have had enough; give { availability: 0.999, windowDays: 28, latency: { thresholdMs: 1000, target: 0.99 } }'
        : undefined,
  },
);
export type Slo = z.infer<typeof sloSchema>;
