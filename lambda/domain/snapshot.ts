import { createHash } from 'node:crypto';
import { releaseTag } from './revision.ts';

/** Tag that names the service for which a snapshot was taken. */
export const serviceTag = 'understudy:service';

/**
 * Name of a release's snapshot, the same whenever it is asked for. RDS allows 255 letters, digits and
 * single hyphens (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html);
 * the time in it is for people.
 */
export function snapshotId(environment: string, service: string, release: string, openedAt: string): string {
  const time = openedAt.replaceAll(/\D/g, '').slice(0, 12);
  const own = createHash('sha256').update(release).digest('hex').slice(0, 8);
  return `understudy-${environment}-${service}-${time}-${own}`;
}

export function snapshotTags(service: string, release: string): Record<string, string> {
  return { [serviceTag]: service, [releaseTag]: release };
}

interface Known {
  readonly id: string;
  readonly createdAt: string;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Which of an instance's snapshots may go: those that releases of this service took, but for the newest
 * `kept` and this release's own. Whatever bears no such tag is somebody else's.
 */
export function outlived(snapshots: readonly Known[], service: string, own: string, kept: number): string[] {
  return snapshots
    .filter(({ tags }) => tags.get(serviceTag) === service && tags.has(releaseTag))
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(kept)
    .map(({ id }) => id)
    .filter((id) => id !== own);
}
