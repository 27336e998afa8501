import type { Report } from './report.ts';
import type { Scenario } from './scenarios.ts';

/** What did not end as the scenario says it should; empty when all did. */
export function complaints(scenario: Scenario, report: Report): string[] {
  return [
    ...aboutOutcome(scenario, report),
    ...aboutUsers(scenario, report),
    ...aboutWhatIsLeft(report),
    ...aboutSchema(scenario, report),
  ];
}

function aboutOutcome({ expected, takenBack }: Scenario, { outcome, reason, live }: Report): string[] {
  if (outcome !== expected) return [`it ended ${outcome} instead of ${expected}: ${reason}`];
  const stays = expected !== 'released' || takenBack === true;
  if (!stays && live.after === live.before) return ['the new version is not live'];
  if (stays && live.after !== live.before) {
    return [`${live.after} is live instead of ${live.before}`];
  }
  return [];
}

/**
 * The most requests that may fail where `share` of them are green's by its weight: which request meets it is
 * chance, and four standard deviations are exceeded once in ten thousand runs. The three more are what
 * passes between two looks at the weights.
 */
const mostFailures = (share: number) => Math.ceil(share + 4 * Math.sqrt(share) + 3);

function aboutUsers(
  { users }: Scenario,
  { requests, failures, detection, exposure, allowedSeconds }: Report,
): string[] {
  const { total, failed, onGreen, failedOnGreen } = requests;
  const found: string[] = [];
  if (total === 0) found.push('no user was there to see');
  if (users === 'see the new version' && onGreen === 0) found.push('no user saw the new version');
  if (users === 'notice nothing' && onGreen > 0) found.push(`${onGreen} requests of users reached the new version`);
  const allowed = users === 'are hurt until the decision' ? failedOnGreen : 0;
  if (failed > allowed) found.push(`${failed - allowed} requests failed: ${failures.join('; ')}`);
  if (users !== 'are hurt until the decision') return found;

  const { firstBadAt, decidedAt, restoredAt } = detection;
  if (exposure.failed > mostFailures(exposure.share)) {
    found.push(
      `${exposure.failed} requests failed until the decision; the new version's share of the traffic was ${exposure.share}`,
    );
  }
  if (failedOnGreen === 0) found.push('no user met the failing version: the scenario proves nothing');
  if (!firstBadAt || !decidedAt || !restoredAt) return [...found, 'the failure was not detected, or not mended'];
  const seconds = (Date.parse(decidedAt) - Date.parse(firstBadAt)) / 1000;
  if (seconds > allowedSeconds) {
    found.push(
      `the decision came ${Math.round(seconds)} s after the first bad answer, allowed are ${allowedSeconds} s`,
    );
  }
  return found;
}

function aboutWhatIsLeft({ serving, lockFree, ledgerFinal, orphanTasks, notifications }: Report): string[] {
  const found: string[] = [];
  if (serving.percent !== 100) found.push(`${serving.targetGroup} serves ${serving.percent} % instead of 100 %`);
  if (serving.healthyTargets === 0) found.push('no healthy task serves');
  if (serving.unhealthyTargets > 0) found.push(`${serving.unhealthyTargets} of the tasks that serve are not healthy`);
  if (!lockFree) found.push('the lock is still held');
  if (!ledgerFinal) found.push("the ledger's entry is not final, not what the execution said, or not what serves");
  if (orphanTasks > 0) found.push(`${orphanTasks} tasks are left that serve nobody`);
  if (notifications === 0) found.push('nobody was told');
  return found;
}

function aboutSchema({ verdict, takenBack }: Scenario, { rehearsal, schema }: Report): string[] {
  if (schema === null) return verdict === undefined ? [] : ['nobody looked what became of the schema'];
  const { freshTask, entries, scratchDatabases, heldLocks, rollback } = schema;
  const found: string[] = [];
  if (verdict !== undefined && rehearsal?.verdict !== verdict) {
    found.push(`the rehearsal said ${rehearsal?.verdict ?? 'nothing'} instead of ${verdict}`);
  } else if (verdict !== undefined && verdict !== 'neutral' && !rehearsal?.rows) {
    found.push('the rehearsal copied no row: that no copy is left proves nothing');
  }
  if (!freshTask.works) found.push(`a fresh task of the live version does not work: ${freshTask.detail}`);
  if (entries.missing.length > 0) found.push(`users wrote, and it is gone: ${entries.missing.join(', ')}`);
  if (verdict !== undefined && (entries.before === 0 || entries.during === 0))
    found.push('nobody wrote: the scenario proves nothing');
  if (scratchDatabases.length > 0) found.push(`copies are left: ${scratchDatabases.join(', ')}`);
  if (heldLocks.length > 0) found.push(`locks are held: ${heldLocks.join(', ')}`);
  if (takenBack === true && rollback?.outcome !== 'released') {
    found.push(`the rollback ended ${rollback?.outcome ?? 'without an outcome'}: ${rollback?.reason}`);
  }
  return found;
}
