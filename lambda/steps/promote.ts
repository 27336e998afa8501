import { alarmStates } from '../aws/cloudwatch.ts';
import * as codedeploy from '../aws/codedeploy.ts';
import { type Release, type ShiftedRelease, shiftedReleaseSchema } from '../domain/release.ts';
import { isPast, pollInterval, secondsBetween } from '../domain/time.ts';
import { firing } from '../domain/verdict.ts';
import { fence, step } from './step.ts';

type Promotion = NonNullable<Release['promotion']>;

/** Ends the termination wait, and waits until CodeDeploy has ended blue's tasks and the deployment. */
export const handler = step('Promote', shiftedReleaseSchema, async (release, { now }) => {
  const promotion = release.promotion ?? { startedAt: now, continued: false, done: false, reason: '' };
  const { status, error } = await codedeploy.getDeployment(release.deployment.id);
  const end = (done: boolean, reason: string): Release => ({ ...release, promotion: { ...promotion, done, reason } });

  if (status === 'Succeeded') return end(true, 'The new version serves alone.');
  if (status === 'Failed' || status === 'Stopped')
    return end(false, `CodeDeploy ended the deployment as ${status}. ${error}`);
  const { shiftSeconds } = release.description.deadlines;
  if (isPast(promotion.startedAt, shiftSeconds, now)) {
    return end(false, `CodeDeploy did not complete the deployment within ${shiftSeconds} s.`);
  }
  if (!promotion.continued) {
    // Until here the way back is open.
    const loud = firing(await alarmStates(release.deployment.alarms));
    if (loud.length > 0) return end(false, `Alarm in ALARM before blue was given up: ${loud.join(', ')}.`);
  }
  return waiting(release, { ...promotion, continued: promotion.continued || (await giveUpBlue(release)) }, now);
});

async function giveUpBlue(release: ShiftedRelease): Promise<boolean> {
  await fence(release);
  return codedeploy.continueDeployment(release.deployment.id, 'TERMINATION_WAIT');
}

function waiting(release: ShiftedRelease, promotion: Promotion, now: string): Release {
  const seconds = pollInterval(secondsBetween(promotion.startedAt, now));
  return { ...release, promotion, wait: { seconds, resume: 'Promote' } };
}
