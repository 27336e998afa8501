import * as ecs from '../aws/ecs.ts';
import { type OpenedRelease, openedReleaseSchema } from '../domain/release.ts';
import { newRevision, releaseTag } from '../domain/revision.ts';
import { fence, step } from './step.ts';

/** Revisions looked through for one that this release registered before; nobody else registers during a release. */
const newest = 5;

/** Registers the service's shape with the release's image as a new revision. */
export const handler = step('Register', openedReleaseSchema, async (release) => {
  // A rollback brings a revision that has served before.
  if (release.revision !== null) return release;
  const { definition } = await ecs.taskDefinition(release.shape.taskDefinition);
  const found = await findRevision(release, definition.family ?? '');
  if (found !== null) return { ...release, revision: found };
  const input = newRevision({
    shape: definition,
    container: release.shape.container,
    image: release.image.uri,
    release: release.id,
  });
  await fence(release);
  return { ...release, revision: await ecs.register(input) };
});

async function findRevision(release: OpenedRelease, family: string): Promise<string | null> {
  for (const arn of await ecs.newestRevisions(family, newest)) {
    const { tags } = await ecs.taskDefinition(arn);
    if (tags.some((tag) => tag.key === releaseTag && tag.value === release.id)) return arn;
  }
  return null;
}
