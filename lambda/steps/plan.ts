import { registeredReleaseSchema } from '../domain/release.ts';
import { readPending } from '../domain/schema-status.ts';
import { runTool } from './schema-tool.ts';
import { step } from './step.ts';

/** Asks the new image which migrations the database does not have yet. Reads only. */
export const handler = step('Plan', registeredReleaseSchema, async (release, { now }) => {
  const tool = release.description.schemaTool;
  if (tool === null) return release;
  const progress = await runTool(
    release,
    release.schema.plan,
    { purpose: 'plan', command: tool.status, deadlineSeconds: release.description.deadlines.taskSeconds },
    now,
  );
  const schema = { ...release.schema, plan: progress.run };
  if (progress.kind === 'waiting') return { ...release, schema, wait: { seconds: progress.seconds, resume: 'Plan' } };
  const refuse = (reason: string) => ({
    ...release,
    schema,
    refusal: `The new image could not tell which migrations are pending, so nothing was changed. ${reason}`,
  });
  if (progress.kind === 'failed') return refuse(progress.reason);
  const pending = readPending(progress.lines);
  if (pending === null) return refuse(`${tool.status.join(' ')} printed no status that the workflow can read.`);
  return { ...release, schema: { ...schema, pending, changes: pending.length > 0 } };
});
