import { z } from 'zod';
import { newRelease, type Release, releaseSchema } from '../domain/release.ts';
import { parseRequest } from '../domain/request.ts';
import { parseRollback } from '../domain/rollback.ts';
import type { StepContext } from './step.ts';

/**
 * The document that a state got; or, when Open itself failed, one made of the execution's input, which
 * is then a request for a release or for a rollback.
 */
export function documentOf(input: unknown, { execution }: StepContext): Release {
  const parsed = releaseSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { failures, ...raw } = z.looseObject({ failures: releaseSchema.shape.failures }).parse(input);
  const made: Release = { ...newRelease(execution, execution.startedAt), failures };
  const back = parseRollback(raw);
  if ('asked' in back) {
    const service = 'service' in back.asked ? back.asked.service : made.service;
    return { ...made, kind: 'rollback', service, rollback: { asked: back.asked, waitedFor: null, end: null } };
  }
  const asked = parseRequest(raw);
  return 'request' in asked ? { ...made, request: asked.request, service: asked.request.service } : made;
}
