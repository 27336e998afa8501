import { z } from 'zod';
import { newRelease, type Release, releaseSchema } from '../domain/release.ts';
import { parseRollback, type Rollback } from '../domain/rollback.ts';
import { recover } from './recover.ts';
import { Refusal } from './refusal.ts';
import { rollBack } from './roll-back.ts';
import { step } from './step.ts';

/**
 * The first state of the rollback machine: what a person on call asked for, or what the rule on aborted
 * executions did. It may have to wait for the lock, and is then entered again with its own document.
 */
export const handler = step('Open', z.unknown(), async (input, context) => {
  const resumed = releaseSchema.safeParse(input).data;
  const before: Release = resumed ?? {
    ...newRelease(context.execution, context.execution.startedAt),
    kind: 'rollback',
  };
  const parsed = before.rollback ?? parseRollback(input);
  if ('refusal' in parsed) return { ...before, refusal: parsed.refusal };
  const { asked } = parsed;
  const rollback: Rollback = before.rollback ?? { asked, waitedFor: null, end: null };
  const service = 'service' in asked ? asked.service : before.service;
  const release: Release = { ...before, service, rollback };
  try {
    return 'recover' in asked
      ? await recover({ ...release, rollback }, asked, context.now)
      : await rollBack({ ...release, rollback }, asked, context.now);
  } catch (error) {
    if (error instanceof Refusal) return { ...release, refusal: error.message };
    throw error;
  }
});
