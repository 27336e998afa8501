import { registeredReleaseSchema } from '../domain/release.ts';
import { checkBlue } from './off-traffic-check.ts';
import { step } from './step.ts';

/** Proves, before anything moves, that the version to go back to can still be started. */
export const handler = step('Rehearse', registeredReleaseSchema, async (release, { now }) => {
  const { check, wait } = await checkBlue(release, release.rehearsal, 'rehearse', now);
  const rehearsed = { ...release, rehearsal: check };
  if (wait !== null) return { ...rehearsed, wait: { seconds: wait, resume: 'Rehearse' } };
  if (check.verdict === 'works') return rehearsed;
  return {
    ...rehearsed,
    refusal: `A new task of the version that serves does not work, so there would be no way back; nothing was changed. ${check.reason}`,
  };
});
