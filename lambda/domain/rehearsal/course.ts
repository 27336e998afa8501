import type { RegisteredRelease } from '../release.ts';
import type { SchemaTool } from '../service.ts';
import type { Possible } from './next-task.ts';
import { newRehearsal, type Rehearsal } from './record.ts';
import { releaseScratch } from './scratch.ts';

/** Whether the release changes a schema that the version which serves lives on: the bootstrap image has none. */
export function migratesUnderBlue({ schema, blue }: RegisteredRelease): boolean {
  return schema.changes && !blue.bootstrap;
}

/** A rehearsal that is about to start: on a scratch copy, where there is something to rehearse and a way to. */
export function plannedRehearsal(release: RegisteredRelease, now: string): Rehearsal {
  if (!migratesUnderBlue(release)) return newRehearsal(now, null, []);
  const { description, shape, service, id } = release;
  const missing = [
    ...(description.schemaTool?.copy && description.schemaTool.drop
      ? []
      : [
          'The migrations were not rehearsed: the service names no commands that copy its databases and drop the copy.',
        ]),
    ...(shape.rehearsal === null
      ? ['The migrations were not rehearsed: the service has no sealed network to rehearse in.']
      : []),
  ];
  if (missing.length > 0) return newRehearsal(now, null, missing);
  const limits = canUnwind(description.schemaTool) ? [] : ['The service names no commands that take migrations back.'];
  return newRehearsal(now, releaseScratch(description.environment, service, id), limits);
}

export function possible(release: RegisteredRelease): Possible {
  return { down: migratesUnderBlue(release) && canUnwind(release.description.schemaTool) };
}

export function canUnwind(tool: SchemaTool | null): boolean {
  return tool?.manifest != null && tool.down != null;
}
