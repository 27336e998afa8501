import { describe, expect, test } from '@jest/globals';
import { concludeRehearsal } from '../../../../lambda/domain/rehearsal/conclude.ts';
import { refusalAfter } from '../../../../lambda/domain/rehearsal/consequence.ts';
import { leavesScratch, type Rehearsal, type RehearsalTaskName } from '../../../../lambda/domain/rehearsal/record.ts';
import { at } from '../samples.ts';
import { allWell, rehearsed } from './rehearsals.ts';

const conclude = (went: Partial<Record<RehearsalTaskName, boolean>>, change: Partial<Rehearsal> = {}): Rehearsal =>
  concludeRehearsal({ ...rehearsed({ ...allWell, ...went }), ...change }, true, at(90));

describe('the verdict of a rehearsal', () => {
  test('says what was found out, and how long it took', () => {
    expect(conclude({})).toMatchObject({
      verdict: 'coexists',
      seconds: 90,
      endedAt: at(90),
      truthTable: { greenWorks: true, runningBlueWorks: true, restartedBlueWorks: true, downWorks: true },
    });
  });

  test('names what failed, with its reason', () => {
    const { verdict, reason } = conclude({ 'restarted-blue': false });
    expect(verdict).toBe('exclusive');
    expect(reason).toContain('restarted-blue: restarted-blue said so.');
  });

  test.each([
    [{ down: false }, null],
    [{ 'unwound-blue': false }, null],
    [{}, [{ plugin: 'catalog', table: 'entities', rows: 3 }]],
  ])('takes the migrations for irreversible when %j, rows lost %j, and old tasks need them gone', (went, rowsLost) => {
    const { verdict, truthTable } = conclude({ 'restarted-blue': false, ...went }, { rowsLost });
    expect(truthTable?.downWorks).toBe(false);
    expect(verdict).toBe('irreversible');
  });

  test('is broken when the migrations themselves fail', () => {
    expect(
      concludeRehearsal(rehearsed({ copy: true, blue: true, migrate: false, drop: true }), true, at(9)),
    ).toMatchObject({
      verdict: 'broken',
      truthTable: { greenWorks: false, runningBlueWorks: null },
    });
  });

  test.each([
    [{ copy: false, 'copy-by-green': false, drop: true }, 'could not be copied'],
    [{ copy: true, blue: false, drop: true }, 'does not work on a copy of its own database'],
  ])('is none when no question could be asked: %j', (went, words) => {
    const concluded = concludeRehearsal(rehearsed(went), true, at(9));
    expect(concluded).toMatchObject({ verdict: null, truthTable: null, reason: expect.stringContaining(words) });
    expect(refuse(concluded)).toContain('could not be rehearsed; nothing was changed');
  });

  test('without a copy is neutral for a release that changes nothing, and irreversible for one that does', () => {
    expect(concludeRehearsal(rehearsed({ live: true }, null), false, at(9)).verdict).toBe('neutral');
    expect(concludeRehearsal(rehearsed({ live: true }, null), true, at(9)).verdict).toBe('irreversible');
    expect(concludeRehearsal(rehearsed({ live: false }, null), true, at(9)).verdict).toBe('broken');
  });
});

function refuse(
  rehearsal: Rehearsal,
  allowed: { allowCutover?: boolean; allowIrreversible?: boolean; snapshots?: boolean; goesBack?: boolean } = {},
): string | null {
  const { allowCutover = false, allowIrreversible = false, snapshots = true, goesBack = false } = allowed;
  return refusalAfter(rehearsal, { request: { allowCutover, allowIrreversible }, snapshots, goesBack });
}

describe('what follows from it', () => {
  test('old and new that live together are released', () => {
    expect(refuse(conclude({}))).toBeNull();
    expect(refuse(concludeRehearsal(rehearsed({ live: true }, null), false, at(9)))).toBeNull();
  });

  test('what the old version cannot live with is refused, a cutover allowed or not', () => {
    const exclusive = conclude({ 'running-blue': false, 'restarted-blue': false });
    expect(refuse(exclusive)).toMatch(/nothing was changed.*Split the change/);
    expect(refuse(exclusive, { allowCutover: true })).toContain('allowCutover does not help');
  });

  test('what cannot be taken back needs a word and a snapshot', () => {
    const irreversible = conclude({ 'restarted-blue': false, down: false });
    expect(refuse(irreversible)).toContain('Set allowIrreversible');
    expect(refuse(irreversible, { allowIrreversible: true })).toBeNull();
    expect(refuse(irreversible, { allowIrreversible: true, snapshots: false })).toContain('no database');
  });

  test('what cannot be taken back and breaks running tasks is refused all the same', () => {
    const worst = conclude({ 'running-blue': false, 'restarted-blue': false, down: false });
    expect(worst.verdict).toBe('irreversible');
    expect(refuse(worst, { allowIrreversible: true })).toContain('would break as soon as the migrations have run');
  });

  test('a version that does not work is refused, each in its own words', () => {
    expect(refuse(conclude({ green: false }))).toContain('does not work on a copy');
    const live = concludeRehearsal(rehearsed({ live: false }, null), false, at(9));
    expect(refuse(live)).toContain('version that serves does not work');
    expect(refuse(live, { goesBack: true })).toContain('version to go back to does not work');
  });
});

test('a copy may be left wherever the rehearsal broke off after it had begun', () => {
  expect(leavesScratch(null)).toBe(false);
  expect(leavesScratch(rehearsed({ live: true }, null))).toBe(false);
  expect(leavesScratch(rehearsed({ manifest: true }))).toBe(true);
  expect(leavesScratch(rehearsed({ copy: null }))).toBe(true);
  expect(leavesScratch(rehearsed({ ...allWell, drop: false }))).toBe(true);
  expect(leavesScratch(rehearsed(allWell))).toBe(false);
});
