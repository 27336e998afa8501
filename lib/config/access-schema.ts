import { z } from 'zod';

/**
 * A name that GitHub gives out: an owner has letters, digits and hyphens, a repository dots and
 * underscores too (https://docs.github.com/en/repositories/creating-and-managing-repositories).
 */
const repository = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
    'is no repository; give OWNER/NAME as in its address on GitHub, such as example-org/understudy',
  );

/** A branch by its whole name; a tag may be a pattern. */
const ref = z
  .string()
  .regex(
    /^refs\/(?:heads\/[\w./-]+|tags\/(?:[\w./-]*[\w./-]\*?))$/,
    'is no ref; give refs/heads/BRANCH without a wildcard, or refs/tags/TAG, which may end in *, such as refs/tags/v*',
  );

const roleArn = z
  .string()
  .regex(
    /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'is no ARN of one role; give it in full, without a wildcard: arn:aws:iam::111122223333:role/on-call',
  );

/** Who may do what from outside: pipelines on GitHub, and people. */
export const accessSchema = z.strictObject({
  /** The repository whose workflows release and deploy. */
  repository,
  /**
   * GitHub's own numbers of owner and repository, which are in the tokens of every repository made, renamed or
   * moved since July 2026; null for one whose tokens carry names alone.
   */
  immutableIds: z.strictObject({ owner: z.int().positive(), repository: z.int().positive() }).nullable(),
  /** An account has one provider of GitHub's tokens: whether this environment makes it, or finds it there. */
  provider: z.enum(['create', 'existing']),
  /** Where a release, a deploy or a rollback by a pipeline may come from. */
  refs: z.array(ref).min(1),
  /** Roles of people who may roll back, and cancel what runs. */
  onCall: z.array(roleArn),
  /** Roles of people who may approve a release that waits for it. */
  approvers: z.array(roleArn),
  /** Qualifier of the CDK bootstrap that review environments are deployed with; null for no such role. */
  reviewQualifier: z
    .string()
    .regex(/^[a-z0-9]{1,10}$/, 'is no qualifier; give up to ten small letters and digits')
    .refine((qualifier) => qualifier !== 'hnb659fds', {
      error:
        "is CDK's own, whose roles deploy everything; bootstrap another for reviews: cdk bootstrap --qualifier review",
    })
    .nullable(),
});
export type AccessConfig = z.infer<typeof accessSchema>;
