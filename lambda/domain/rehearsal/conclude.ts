import { rowsText } from '../schema-reports.ts';
import { secondsBetween } from '../time.ts';
import { type Rehearsal, type RehearsalTaskName, type TruthTable, taskOf } from './record.ts';
import { answerNames, answersOf, verdictOf } from './verdict.ts';

const questions = {
  greenWorks: 'the new version works on the migrated copy',
  runningBlueWorks: 'a running task of the old version survives the migrations',
  restartedBlueWorks: 'a new task of the old version works on the new schema',
  downWorks: 'the migrations can be taken back, and the old version works again with all its rows',
} satisfies Record<keyof TruthTable, string>;

/**
 * The rehearsal with its verdict, once no task is left. Migrations that could not be rehearsed, because
 * the service has no copy to rehearse them on, count as irreversible: nobody has shown a way back.
 *
 * @param migrates whether the release changes a schema that the old version uses
 */
export function concludeRehearsal(rehearsal: Rehearsal, migrates: boolean, now: string): Rehearsal {
  const ended = { ...rehearsal, endedAt: now, seconds: Math.round(secondsBetween(rehearsal.startedAt, now)) };
  if (rehearsal.scratch === null) {
    const live = taskOf(rehearsal, 'live');
    const reason = [live?.reason ?? '', ...rehearsal.limits].join(' ').trim();
    if (live?.ok !== true) return { ...ended, verdict: 'broken', reason };
    return { ...ended, verdict: migrates ? 'irreversible' : 'neutral', reason };
  }
  const failed = beforeTheQuestions(rehearsal);
  if (failed !== null) return { ...ended, reason: failed };
  const truthTable = answerAll(rehearsal);
  return {
    ...ended,
    truthTable,
    verdict: verdictOf(answersOf(truthTable)),
    reason: [...tell(truthTable), ...whys(rehearsal)].join(' '),
  };
}

/** Why no question could be asked: without a copy, or a blue that works on it, there is nothing to find out. */
function beforeTheQuestions(rehearsal: Rehearsal): string | null {
  const copied = taskOf(rehearsal, 'copy')?.ok === true || taskOf(rehearsal, 'copy-by-green')?.ok === true;
  if (!copied) {
    const reasons = (['copy', 'copy-by-green'] as const).map((name) => taskOf(rehearsal, name)?.reason ?? '');
    return `The database could not be copied. ${reasons.join(' ').trim()}`;
  }
  const blue = taskOf(rehearsal, 'blue');
  return blue?.ok === true ? null : `The old version does not work on a copy of its own database. ${blue?.reason}`;
}

function answerAll(rehearsal: Rehearsal): TruthTable {
  const answer = (name: RehearsalTaskName) => taskOf(rehearsal, name)?.ok ?? null;
  const down = answer('down');
  const unwound = answer('unwound-blue');
  const lost = (rehearsal.rowsLost ?? []).length > 0;
  return {
    greenWorks: answer('migrate') === false ? false : answer('green'),
    runningBlueWorks: answer('running-blue'),
    restartedBlueWorks: answer('restarted-blue'),
    downWorks: down === null ? null : down && unwound === true && !lost,
  };
}

function tell(table: TruthTable): string[] {
  return answerNames.map((question) => {
    const answer = table[question];
    const words = questions[question];
    return `${answer === null ? 'Not tried' : answer ? 'Yes' : 'No'}: ${words}.`;
  });
}

/** What the tasks that did not go well said. */
function whys({ tasks, rowsLost }: Rehearsal): string[] {
  return [
    ...tasks.filter(({ ok }) => ok === false).map(({ name, reason }) => `${name}: ${reason}`),
    ...(rowsLost ?? []).map((lost) => `Taking back lost ${rowsText(lost)}.`),
  ];
}
