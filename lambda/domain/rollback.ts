import { z } from 'zod';
import { describeProblems, releaseRequestSchema } from './request.ts';

/** What a person on call, or a pipeline, asks the rollback state machine for. */
export const rollbackRequestSchema = z.strictObject({
  service: releaseRequestSchema.shape.service,
  reason: releaseRequestSchema.shape.reason,
  requestedBy: z.string().min(1).max(256).default('somebody who gave no name'),
  /** Id of a release in the ledger, or its version. @default the last known-good version */
  to: z.string().min(1).max(128).optional(),
});
export type RollbackRequest = z.infer<typeof rollbackRequestSchema>;

/** What the rule on executions that did not end by themselves asks for. */
export const recoverRequestSchema = z.strictObject({
  recover: z.strictObject({ execution: z.string().startsWith('arn:'), status: z.string().min(1) }),
});
export type RecoverRequest = z.infer<typeof recoverRequestSchema>;

/** The part of the document that the rollback state machine's first state owns. */
export const rollbackSchema = z.strictObject({
  asked: z.union([rollbackRequestSchema, recoverRequestSchema]),
  /** Id of the release or rollback whose end it waited for last. */
  waitedFor: z.string().nullable(),
  /**
   * Why it ended in its first state: it serves already what would have been brought back; nobody needed
   * the recovery, and nobody asked for it; two recoveries have failed before.
   */
  end: z.enum(['nothing-to-do', 'not-needed', 'given-up']).nullable(),
});
export type Rollback = z.infer<typeof rollbackSchema>;

export type ParsedRollback = { readonly asked: Rollback['asked'] } | { readonly refusal: string };

/** Reads the rollback state machine's input; what is wrong with it is said in words. */
export function parseRollback(input: unknown): ParsedRollback {
  const recover = recoverRequestSchema.safeParse(input);
  if (recover.success) return { asked: recover.data };
  const parsed = rollbackRequestSchema.safeParse(input);
  if (parsed.success) return { asked: parsed.data };
  return {
    refusal: `The request for a rollback is not valid: {service, reason, requestedBy?, to?}. ${describeProblems(parsed.error)}`,
  };
}
