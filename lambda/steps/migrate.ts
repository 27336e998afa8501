import { Unworkable } from '../aws/errors.ts';
import { registeredReleaseSchema } from '../domain/release.ts';
import { runTool } from './schema-tool.ts';
import { step } from './step.ts';

/** The migrations failed. Some of them may have been applied. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
}

/** Runs the pending migrations once, in one task of the new image. */
export const handler = step('Migrate', registeredReleaseSchema, async (release, { now }) => {
  const tool = release.description.schemaTool;
  if (tool === null) throw new Unworkable('Migrations are pending, but the service names no schema tool.');
  const progress = await runTool(
    release,
    release.schema.migrate,
    {
      purpose: 'migrate',
      taskDefinition: release.revision,
      command: tool.up,
      deadlineSeconds: release.description.deadlines.migrationSeconds,
    },
    now,
  );
  if (progress.kind === 'failed') throw new MigrationFailed(progress.reason);
  const schema = { ...release.schema, migrate: progress.run };
  if (progress.kind === 'finished') return { ...release, schema };
  return { ...release, schema, wait: { seconds: progress.seconds, resume: 'Migrate' } };
});
