import * as ecs from '../aws/ecs.ts';
import { clientToken, startedBy } from '../domain/identifiers.ts';
import { leavesScratch } from '../domain/rehearsal/record.ts';
import { fill, releaseScratch } from '../domain/rehearsal/scratch.ts';
import type { Release } from '../domain/release.ts';

/**
 * Has the scratch copies dropped that a rehearsal could not drop itself: of this release when it broke
 * off, and of those that ended without a word. It waits for nothing: what is left all the same goes with
 * the service's next rehearsal. Copies of other releases are left alone, for the next one may be at work.
 */
export async function dropLeftCopies(release: Release): Promise<void> {
  const { description, shape, revision, rehearsal, id, abandoned } = release;
  const drop = description?.schemaTool?.drop;
  if (description === null || shape === null || revision === null || !drop) return;
  const { environment, service, cluster } = description;
  for (const owner of [...(leavesScratch(rehearsal) ? [id] : []), ...abandoned]) {
    const purpose = `sweep-${owner}`;
    await ecs.runTask({
      cluster,
      taskDefinition: revision,
      shape,
      // Not the release's own name, or a second Close would stop it with the release's other tasks.
      startedBy: startedBy(purpose),
      clientToken: clientToken(id, purpose),
      command: fill(drop, { scratch: releaseScratch(environment, service, owner) }),
      ...(shape.rehearsal && { confined: shape.rehearsal }),
    });
  }
}
