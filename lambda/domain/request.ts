import { z } from 'zod';

/** What a pipeline or an engineer asks for: the input of the state machine. */
export const releaseRequestSchema = z.strictObject({
  service: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a service name: lower-case letters, digits, hyphens'),
  /** A tag of the service's repository, or a digest in it. */
  image: z.string().regex(/^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$/, 'a tag, or a digest (sha256:…)'),
  version: z.string().min(1).max(128),
  /** Order of the releases of one service; a pipeline's run number will do. */
  sequence: z.int().positive(),
  policy: z.enum(['feature', 'hotfix']).default('feature'),
  /** Ends the release after this state and ships nothing; `release` goes all the way. */
  until: z.enum(['plan', 'rehearse', 'release']).default('release'),
  requestedBy: z.string().min(1).max(256),
  reason: z.string().min(1).max(1024),
  commit: z.string().max(64).optional(),
  /** Allows a sequence number below the live one. */
  allowOlder: z.boolean().default(false),
  /** Whether a person has to approve, once green is judged good, before users reach it. */
  approval: z.boolean().default(false),
  /** Why this release may start in a freeze window. */
  overrideFreeze: z.string().min(1).max(1024).optional(),
  /** Allows announced downtime when the old version cannot live on the new schema. */
  allowCutover: z.boolean().default(false),
  /** Allows migrations that cannot be taken back, after a snapshot. */
  allowIrreversible: z.boolean().default(false),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;
/** The request in the document: a rollback makes one of the ledger, with a policy that nobody may ask for. */
export const documentRequestSchema = releaseRequestSchema.extend({
  policy: z.enum(['feature', 'hotfix', 'rollback']),
});
export type DocumentRequest = z.infer<typeof documentRequestSchema>;
/** As a person writes it: what has a default may be left out. */
export type ReleaseRequestInput = z.input<typeof releaseRequestSchema>;

export type ParsedRequest = { readonly request: ReleaseRequest } | { readonly refusal: string };

/** Reads the state machine's input; what is wrong with it is said in words, for the person who sent it. */
export function parseRequest(input: unknown): ParsedRequest {
  const parsed = releaseRequestSchema.safeParse(input);
  if (parsed.success) return { request: parsed.data };
  return { refusal: `The request is not valid. ${describeProblems(parsed.error)}` };
}

export function describeProblems({ issues }: z.ZodError): string {
  const problems = issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  return `${problems.join('; ')}.`;
}
