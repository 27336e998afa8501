import { describe, expect, test } from '@jest/globals';
import { nextTask } from '../../../../lambda/domain/rehearsal/next-task.ts';
import { type RehearsalTaskName, rehearsalTaskNames, withTask } from '../../../../lambda/domain/rehearsal/record.ts';
import { allWell, rehearsed, task } from './rehearsals.ts';

/** All tasks in their order, when these fail and the others go well. */
function course(
  failing: readonly RehearsalTaskName[],
  down = true,
  scratch: string | null = 's_',
  error = 'diverged',
): RehearsalTaskName[] {
  let rehearsal = rehearsed({}, scratch);
  const names: RehearsalTaskName[] = [];
  for (let name = nextTask(rehearsal, { down }); name !== null; name = nextTask(rehearsal, { down })) {
    if (names.includes(name)) throw new Error(`${name} twice`);
    names.push(name);
    rehearsal = withTask(rehearsal, { ...task(name, !failing.includes(name)), error });
  }
  return names;
}

describe('a rehearsal of migrations', () => {
  test('asks all questions, and drops the copy at the end', () => {
    expect(course([])).toEqual(Object.keys(allWell));
  });

  test('looks after the task that is open, whatever has ended', () => {
    expect(nextTask(rehearsed({ manifest: true, copy: null }), { down: true })).toBe('copy');
  });

  test('copies with the new image where the old one cannot', () => {
    const tried = course(['copy']);
    expect(tried.slice(0, 4)).toEqual(['manifest', 'copy', 'copy-by-green', 'blue']);
    expect(tried.at(-1)).toBe('drop');
    expect(course(['copy', 'copy-by-green'])).toEqual(['manifest', 'copy', 'copy-by-green', 'drop']);
  });

  test('makes no second copy beside what is left of one that broke off', () => {
    expect(course(['copy'], true, 's_', 'failed')).toEqual(['manifest', 'copy', 'drop']);
  });

  test.each(['blue', 'migrate', 'green'] as const)('goes straight to the drop when "%s" fails', (failing) => {
    const tried = course([failing]);
    expect(tried.slice(-2)).toEqual([failing, 'drop']);
  });

  test.each(['running-blue', 'restarted-blue'] as const)('goes on when "%s" fails: that is an answer', (failing) => {
    expect(course([failing])).toEqual(Object.keys(allWell));
  });

  test('does not start the old version on a copy that was not unwound', () => {
    expect(course(['down']).slice(-2)).toEqual(['down', 'drop']);
  });

  test.each([
    ['the tool cannot', [], false],
    ['the old image does not tell its migrations', ['manifest' as const], true],
  ])('takes nothing back when %s', (_, failing, down) => {
    expect(course(failing, down)).not.toContain('down');
    expect(course(failing, down).at(-1)).toBe('drop');
  });

  test('drops the copy, and runs no task twice, whatever fails', () => {
    for (const first of rehearsalTaskNames) {
      for (const second of rehearsalTaskNames) expect(course([first, second]).at(-1)).toBe('drop');
    }
  });
});

describe('without a copy', () => {
  test('what serves is checked', () => {
    expect(course([], false, null)).toEqual(['live']);
  });

  test('the old image still tells its migrations, which Mend may need', () => {
    expect(course([], true, null)).toEqual(['live', 'manifest']);
    expect(course(['live'], true, null)).toEqual(['live']);
  });
});
