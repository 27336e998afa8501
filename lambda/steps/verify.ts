import { openedReleaseSchema } from '../domain/release.ts';
import { checkTask, liveBlue } from './off-traffic-check.ts';
import { step } from './step.ts';

/** Proves, after the way back, that a new task of the version that serves works on the schema as it is now. */
export const handler = step('Verify', openedReleaseSchema, async (release, { now }) => {
  const { check, wait } = await checkTask(release, liveBlue(release, 'verify'), release.verification, now);
  const verified = { ...release, verification: check };
  return wait === null ? verified : { ...verified, wait: { seconds: wait, resume: 'Verify' } };
});
