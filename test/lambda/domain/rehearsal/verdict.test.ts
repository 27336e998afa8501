import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { answersOf, verdictOf } from '../../../../lambda/domain/rehearsal/verdict.ts';

/** The rows of the truth table in docs/rehearsal.md: four answers, and the verdict. */
const rows = readFileSync('docs/rehearsal.md', 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7 && cells.slice(1, 5).every((cell) => cell === 'yes' || cell === 'no'))
  .map(([, green, running, restarted, down, verdict]) => ({
    answers: {
      greenWorks: green === 'yes',
      runningBlueWorks: running === 'yes',
      restartedBlueWorks: restarted === 'yes',
      downWorks: down === 'yes',
    },
    verdict,
  }));

describe('the truth table', () => {
  test('has all sixteen rows, each once', () => {
    expect(new Set(rows.map(({ answers }) => JSON.stringify(answers))).size).toBe(16);
    expect(rows).toHaveLength(16);
  });

  test.each(rows)('$answers is $verdict, in the documentation and in the function', ({ answers, verdict }) => {
    expect(verdictOf(answers)).toBe(verdict);
  });

  test('takes what was not tried for a no', () => {
    const table = { greenWorks: true, runningBlueWorks: null, restartedBlueWorks: null, downWorks: null };
    expect(verdictOf(answersOf(table))).toBe('irreversible');
  });
});
