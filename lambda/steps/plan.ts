import { Unworkable } from '../aws/errors.ts';
import { type RegisteredRelease, type Release, registeredReleaseSchema } from '../domain/release.ts';
import { readStatus } from '../domain/schema-status.ts';
import type { SchemaTool } from '../domain/service.ts';
import { runTool } from './schema-tool.ts';
import { step } from './step.ts';

/**
 * Asks the new image which migrations the database does not have yet. A lock that a killed run has left
 * is freed by the tool, which knows whether its holder is gone; nothing else is changed.
 */
export const handler = step('Plan', registeredReleaseSchema, async (release, { now }) => {
  const tool = release.description.schemaTool;
  if (tool === null) return release;
  const { unlock } = release.schema;
  return unlock !== null && !unlock.done ? free(release, tool, now) : ask(release, tool, now);
});

async function ask(release: RegisteredRelease, tool: SchemaTool, now: string): Promise<Release> {
  const { schema } = release;
  const again = schema.unlock !== null;
  const progress = await runTool(
    release,
    schema.plan,
    {
      purpose: again ? 'plan-again' : 'plan',
      taskDefinition: release.revision,
      command: tool.status,
      deadlineSeconds: release.description.deadlines.taskSeconds,
      read: readStatus,
    },
    now,
  );
  const planned = { ...release, schema: { ...schema, plan: progress.run } };
  if (progress.kind === 'waiting') return { ...planned, wait: { seconds: progress.seconds, resume: 'Plan' } };
  const refuse = (reason: string) => ({
    ...planned,
    refusal: `The new image could not tell which migrations are pending, so nothing was changed. ${reason}`,
  });
  if (progress.kind === 'failed') return refuse(progress.reason);
  if (progress.report === null) return refuse(`${tool.status.join(' ')} printed no status that the workflow can read.`);
  const { pending, applied, locked, unplaced } = progress.report;
  if (unplaced.length > 0) {
    return {
      ...planned,
      refusal: `The new image brings migrations that its tool cannot place: ${unplaced.join('; ')}. Nobody would run them, so nothing was changed. Name them in understudy.schema.migrations of the app's configuration (docs/migrations.md).`,
    };
  }
  const changes = pending.length > 0;
  if (!changes || locked.length === 0) return { ...planned, schema: { ...planned.schema, pending, applied, changes } };
  const told = `The migration lock of ${locked.join(', ')} is held`;
  if (again) return { ...planned, refusal: `${told}, right after it was freed: who takes it? Nothing was changed.` };
  if (tool.unlock === null) {
    return {
      ...planned,
      refusal: `${told}, by a migration that runs or was killed, and the service names no command that could tell which. Free it by hand. Nothing was changed.`,
    };
  }
  return free({ ...planned, schema: { ...planned.schema, locked } }, tool, now);
}

async function free(release: RegisteredRelease, tool: SchemaTool, now: string): Promise<Release> {
  const { schema } = release;
  if (tool.unlock === null) throw new Unworkable('A lock is being freed, but the service names no command for it.');
  const progress = await runTool(
    release,
    schema.unlock,
    {
      purpose: 'unlock',
      taskDefinition: release.revision,
      command: tool.unlock,
      deadlineSeconds: release.description.deadlines.taskSeconds,
    },
    now,
  );
  const freed = { ...release, schema: { ...schema, unlock: progress.run } };
  if (progress.kind === 'failed') {
    return {
      ...freed,
      refusal: `The migration lock of ${schema.locked.join(', ')} is held, and could not be freed; nothing was changed. ${progress.reason}`,
    };
  }
  const seconds = progress.kind === 'waiting' ? progress.seconds : 1;
  // What was asked while the lock was held is asked again.
  const plan = progress.kind === 'finished' ? null : schema.plan;
  return { ...freed, schema: { ...freed.schema, plan }, wait: { seconds, resume: 'Plan' } };
}
