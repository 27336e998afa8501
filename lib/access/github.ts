import type { AccessConfig } from '../config/access-schema.ts';

export const githubIssuer = 'token.actions.githubusercontent.com';

const claim = (name: string) => `${githubIssuer}:${name}`;

/** What a workflow runs for: one of the repository's environments, or any pull request. */
export type GithubContext = { readonly environment: string } | 'pull_request';

export type TrustConditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * The subject of the tokens that GitHub gives to a workflow, in the form that the repository has
 * (https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims).
 */
export function githubSubject({ repository, immutableIds }: AccessConfig, context: GithubContext): string {
  const [owner = '', name = ''] = repository.split('/');
  const of = immutableIds === null ? repository : `${owner}@${immutableIds.owner}/${name}@${immutableIds.repository}`;
  return `repo:${of}:${context === 'pull_request' ? context : `environment:${context.environment}`}`;
}

/**
 * What a token must say for its bearer to get a role. The subject names the environment and not the
 * ref, which is a claim of its own that STS compares since January 2026
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif).
 *
 * @param refs where the workflow may run from; null for any, which only what changes nothing may have
 */
export function githubTrust(
  access: AccessConfig,
  context: GithubContext,
  refs: readonly string[] | null,
): TrustConditions {
  return {
    StringEquals: { [claim('aud')]: 'sts.amazonaws.com', [claim('sub')]: githubSubject(access, context) },
    ...(refs !== null && { StringLike: { [claim('ref')]: refs } }),
  };
}
