import type { Deployment } from './release.ts';
import type { DocumentRequest } from './request.ts';
import { type AlarmReading, firing } from './verdict.ts';

const watches = ({ targetGroup }: AlarmReading, arn: string): boolean =>
  targetGroup !== null && arn.endsWith(`:${targetGroup}`);

/**
 * The alarms that fire before a release has begun, by what they say of it. One on the target group that no users
 * reach speaks of the version that was there before, such as one that was rolled back minutes ago.
 *
 * @param idleTargetGroup ARN of the target group that will be green's
 */
export function firingBefore(
  readings: readonly AlarmReading[],
  idleTargetGroup: string,
): { readonly against: string[]; readonly ofOldGreen: string[] } {
  return {
    against: firing(readings.filter((each) => !watches(each, idleTargetGroup))),
    ofOldGreen: firing(readings.filter((each) => watches(each, idleTargetGroup))),
  };
}

/**
 * The alarms that do not count for a release that begins now: for a feature those of the version that its target
 * group had before, for a hotfix all that fire, because it is what will silence them. A rollback heeds nothing that
 * the version says which it is to replace (docs/adr/0042-alarms-of-a-rollback.md).
 */
export function mutedFor(
  policy: DocumentRequest['policy'],
  readings: readonly AlarmReading[],
  idleTargetGroup: string,
): string[] {
  const { against, ofOldGreen } = firingBefore(readings, idleTargetGroup);
  if (policy === 'feature') return ofOldGreen;
  if (policy === 'hotfix') return [...against, ...ofOldGreen];
  const others = readings.filter((each) => !watches(each, idleTargetGroup));
  return [...others.map(({ name }) => name), ...ofOldGreen];
}

/** The deployment with those of its muted alarms back that watch green, once they have been seen not to fire. */
export function rearmed(deployment: Deployment, readings: readonly AlarmReading[]): Deployment {
  const silent = readings
    .filter((each) => each.state === 'OK' || each.state === 'INSUFFICIENT_DATA')
    .filter((each) => deployment.muted.includes(each.name) && watches(each, deployment.greenTargetGroup))
    .map(({ name }) => name);
  if (silent.length === 0) return deployment;
  return {
    ...deployment,
    alarms: [...deployment.alarms, ...silent],
    muted: deployment.muted.filter((name) => !silent.includes(name)),
  };
}
