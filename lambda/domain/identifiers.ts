import { createHash } from 'node:crypto';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * `startedBy` of the release's one-off tasks. ECS allows 128 letters, digits, hyphens, slashes and
 * underscores (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html).
 */
export function startedBy(releaseId: string): string {
  return /^[A-Za-z0-9/_-]{1,128}$/.test(releaseId) ? releaseId : `release-${digest(releaseId)}`;
}

/**
 * RunTask's idempotency token, at most 64 characters
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html): a release runs
 * each of its one-off tasks once.
 */
export function clientToken(releaseId: string, purpose: string): string {
  return digest(`${releaseId} ${purpose}`);
}

/** Description by which a deployment of this release is found again. */
export function deploymentDescription(releaseId: string): string {
  return `Understudy release ${releaseId}`;
}
