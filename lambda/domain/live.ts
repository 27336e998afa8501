import { z } from 'zod';

/** What the ledger calls live: the version that was released last, or brought back. */
export const liveSchema = z.object({
  /** Id of the release that brought it. */
  release: z.string(),
  version: z.string(),
  sequence: z.number(),
  digest: z.string(),
  taskDefinition: z.string(),
  /** ISO. */
  since: z.string(),
});
export type Live = z.infer<typeof liveSchema>;
