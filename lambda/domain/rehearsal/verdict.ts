import type { RehearsalVerdict, TruthTable } from './record.ts';

/** The four questions that a rehearsal answers on the scratch copy. */
export type Answers = { readonly [Question in keyof TruthTable]: boolean };

/**
 * What the answers mean for the release. docs/rehearsal.md shows all sixteen of them, and a test holds
 * the two together.
 *
 * `coexists`: old tasks live on the new schema, those that run and those that are started anew.
 * `exclusive`: they do not, and there is a way back all the same (a restart, or taking the migrations back).
 * `irreversible`: they do not, and there is none. `broken`: the new version does not work.
 */
export function verdictOf({
  greenWorks,
  runningBlueWorks,
  restartedBlueWorks,
  downWorks,
}: Answers): Exclude<RehearsalVerdict, 'neutral'> {
  if (!greenWorks) return 'broken';
  if (runningBlueWorks && restartedBlueWorks) return 'coexists';
  return restartedBlueWorks || downWorks ? 'exclusive' : 'irreversible';
}

export const answerNames = ['greenWorks', 'runningBlueWorks', 'restartedBlueWorks', 'downWorks'] as const;

/** What was not tried, or could not be, speaks for nothing. */
export function answersOf(table: TruthTable): Answers {
  return {
    greenWorks: table.greenWorks === true,
    runningBlueWorks: table.runningBlueWorks === true,
    restartedBlueWorks: table.restartedBlueWorks === true,
    downWorks: table.downWorks === true,
  };
}
