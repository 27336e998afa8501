import { alarmStates, errorCount } from '../aws/cloudwatch.ts';
import { readParameters } from '../aws/ssm.ts';
import { budgetText, type ErrorBudget, errorBudget, isSpent } from '../domain/error-budget.ts';
import { type FreezeReading, freezeAt } from '../domain/freeze/freeze.ts';
import { firingBefore } from '../domain/muted-alarms.ts';
import type { ReleaseRequest } from '../domain/request.ts';
import type { ServiceDescription } from '../domain/service.ts';
import { otherTargetGroup } from '../domain/serving.ts';

export interface Admission {
  /** Why the release is not let in; null when it is. */
  readonly refusal: string | null;
  /** What spoke against it, and why it was let in all the same. */
  readonly notes: readonly string[];
  readonly errorBudget: ErrorBudget;
}

/** What of a release's request, or a rollback's, the admission looks at. */
type Asked = Pick<ReleaseRequest, 'overrideFreeze' | 'requestedBy' | 'until'> & { readonly policy: string };

/**
 * Whether the policy lets a release in now: no feature in a freeze, unless its request says why, none once the error
 * budget is spent, and none while an alarm fires that speaks of what serves. A hotfix goes ahead, and it is recorded what it went ahead of; a rollback never asks.
 * A request that ships nothing is told what would be said.
 */
export async function admit(
  { policy, overrideFreeze, requestedBy, until }: Asked,
  description: ServiceDescription,
  blueTargetGroup: string,
  now: string,
): Promise<Admission> {
  const against: string[] = [];
  const notes: string[] = [];
  const frozen = await freezeText(description.freezeCalendar, now);
  if (frozen !== null && overrideFreeze !== undefined) {
    notes.push(`${frozen} ${requestedBy} releases all the same: ${overrideFreeze}`);
  } else if (frozen !== null) {
    against.push(
      `${frozen} Wait for its end, set overrideFreeze to the reason why not, or release with the policy hotfix.`,
    );
  }
  const budget = await budgetNow(description, now);
  if (isSpent(budget)) {
    against.push(
      `${budgetText(budget)} Mend what fails, with the policy hotfix; features wait until the errors have left the window.`,
    );
  } else {
    notes.push(budgetText(budget));
  }
  const { alarms, loadBalancer } = description;
  const idle = otherTargetGroup(loadBalancer.targetGroups, blueTargetGroup);
  const loud = firingBefore(await alarmStates(alarms), idle);
  if (loud.against.length > 0) {
    against.push(
      `Before anything was changed, ${loud.against.join(', ')} is in ALARM, and CodeDeploy would stop the deployment. Mend that first, or release with the policy hotfix.`,
    );
  }
  if (loud.ofOldGreen.length > 0) {
    notes.push(
      `${loud.ofOldGreen.join(', ')} is in ALARM over the target group that no users reach: it speaks of the version that was there before, and counts again once it is silent.`,
    );
  }
  if (policy === 'feature' && until === 'release' && against.length > 0) {
    return { refusal: against.join(' '), notes, errorBudget: budget };
  }
  const why = until === 'release' ? `The policy ${policy} goes ahead all the same` : 'A release would be refused';
  return { refusal: null, notes: [...against.map((each) => `${why}: ${each}`), ...notes], errorBudget: budget };
}

/** The freeze that holds, in words; a calendar that cannot be read is taken for one. */
async function freezeText(parameter: string | null, now: string): Promise<string | null> {
  if (parameter === null) return null;
  const text = (await readParameters([parameter])).get(parameter);
  const reading: FreezeReading = text === undefined ? { unreadable: 'it does not exist' } : freezeAt(text, now);
  if ('unreadable' in reading) {
    return `The freeze calendar ${parameter} cannot be read, so that nobody knows whether there is a freeze: ${reading.unreadable}.`;
  }
  return reading.freeze && `There is a freeze until ${reading.freeze.until}: ${reading.freeze.name}.`;
}

async function budgetNow({ slo, loadBalancer }: ServiceDescription, now: string): Promise<ErrorBudget> {
  const { a, b } = loadBalancer.targetGroups;
  const counts = await Promise.all([a, b].map((group) => errorCount(loadBalancer.arn, group, slo.windowDays, now)));
  return errorBudget(slo, {
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    errors: counts.reduce((sum, { errors }) => sum + errors, 0),
  });
}
