import { z } from 'zod';

const abandonedSchema = z.object({ release: z.string(), since: z.string() });
/** A release that ended without giving the lock back, and when it was opened. */
export type Abandoned = z.infer<typeof abandonedSchema>;

const holderSchema = z.object({
  release: z.string(),
  execution: z.string(),
  /** When the release was opened. */
  since: z.string(),
  /** Whom it took the lock over from, newest first. */
  after: z.array(abandonedSchema),
});
export type Holder = z.infer<typeof holderSchema>;

export const lockSchema = z.object({ token: z.number(), holder: holderSchema.optional() });
/** The fencing token of whoever took the lock last, and who holds it. */
export type Lock = z.infer<typeof lockSchema>;
