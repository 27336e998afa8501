import { describe, expect, test } from '@jest/globals';
import { chooseTarget, knownGood } from '../../../lambda/domain/known-good.ts';
import { type LedgerEntry, ledgerEntry } from '../../../lambda/domain/ledger-entry.ts';
import { at, digestOf, registered } from './samples.ts';

let minutes = 0;

function entry(id: string, change: Partial<LedgerEntry> = {}): LedgerEntry {
  minutes += 30;
  return {
    ...ledgerEntry(registered()),
    id,
    version: id,
    digest: digestOf('c'),
    taskDefinition: `revision-${id}`,
    closedAt: at(60 * minutes),
    outcome: 'released',
    ...change,
  };
}

/** A rollback from one version to another. */
const back = (id: string, from: string, to: string): LedgerEntry =>
  entry(id, { kind: 'rollback', version: to, replaced: `revision-${from}`, taskDefinition: `revision-${to}` });

const choose = (history: LedgerEntry[], serves: string, more: { to?: string; waitedFor?: string; now?: string } = {}) =>
  chooseTarget({
    history,
    live: { taskDefinition: `revision-${serves}`, version: serves },
    to: more.to,
    waitedFor: more.waitedFor ?? null,
    now: more.now ?? at(60 * (minutes + 60)),
  });

describe('what is known good', () => {
  test('was released, newest first, whatever became of others', () => {
    const history = [
      entry('r1'),
      entry('bad', { outcome: 'rolled-back' }),
      entry('r2'),
      entry('no', { outcome: 'refused' }),
    ];
    expect(knownGood(history.toReversed()).map(({ release }) => release)).toEqual(['r2', 'r1']);
  });

  test('is no version that a rollback has withdrawn, until another brings it back', () => {
    const history = [entry('r1'), entry('r2'), entry('r3'), back('b1', 'r3', 'r2')];
    expect(knownGood(history).map(({ release }) => release)).toEqual(['r2', 'r1']);
    expect(knownGood([...history, back('b2', 'r2', 'r3')]).map(({ release }) => release)).toEqual(['r3', 'r1']);
  });

  test('is what a new release brought of a version that had been withdrawn', () => {
    const history = [entry('r1'), entry('r2'), back('b1', 'r2', 'r1'), entry('r2-again', { version: 'r2' })];
    expect(knownGood(history).map(({ release }) => release)).toEqual(['r2-again', 'r1']);
  });
});

describe('a rollback that names nothing', () => {
  test('goes to the newest known-good version that does not serve', () => {
    expect(choose([entry('r1'), entry('r2'), entry('r3')], 'r3')).toMatchObject({ target: { release: 'r2' } });
  });

  test('skips what was withdrawn before', () => {
    const history = [entry('r1'), entry('r2'), back('b1', 'r2', 'r1'), entry('r3')];
    expect(choose(history, 'r3')).toMatchObject({ target: { release: 'r1' } });
  });

  test('goes back from a version that CodeDeploy completed although it was judged bad', () => {
    expect(choose([entry('r1'), entry('r2', { outcome: 'failed' })], 'r2')).toMatchObject({
      target: { release: 'r1' },
    });
  });

  test('has nothing to do where the ledger knows no other good version', () => {
    expect(choose([entry('r1')], 'r1')).toEqual({
      nothingToDo: 'The ledger knows no good version apart from r1, which serves.',
    });
    expect(choose([], 'bootstrap')).toHaveProperty('nothingToDo');
  });

  test('has nothing to do after a rollback, and names what may be asked for', () => {
    const history = [entry('r1'), entry('r2'), entry('r3'), back('b1', 'r3', 'r2')];
    expect(choose(history, 'r2')).toEqual({
      nothingToDo: expect.stringMatching(
        /^r2, which serves, was brought back by rollback b1 at .* newest first: r1 \(release r1\)/,
      ),
    });
  });

  test('has nothing to do once the release that it cancelled is gone', () => {
    const history = [entry('r1'), entry('r2'), entry('r3', { outcome: 'rolled-back' })];
    expect(choose(history, 'r2', { waitedFor: 'r3' })).toMatchObject({
      nothingToDo: expect.stringContaining('r3 was ended'),
    });
  });

  test('goes back from the release that it could not cancel any more', () => {
    expect(choose([entry('r1'), entry('r2')], 'r2', { waitedFor: 'r2' })).toMatchObject({ target: { release: 'r1' } });
  });

  test('has nothing to do after a rollback that ran at the same time, whether that had anything to do or not', () => {
    const idle = entry('b1', { kind: 'rollback', outcome: 'unchanged', taskDefinition: null });
    expect(choose([entry('r1'), entry('r2'), idle], 'r2', { waitedFor: 'b1' })).toHaveProperty('nothingToDo');
  });

  test('does what a rollback at the same time failed to do', () => {
    const failed = { ...back('b1', 'r2', 'r1'), outcome: 'rolled-back' as const };
    expect(choose([entry('r1'), entry('r2'), failed], 'r2', { waitedFor: 'b1' })).toMatchObject({
      target: { release: 'r1' },
    });
  });

  test('has nothing to do minutes after a release was taken back, and goes on an hour later', () => {
    const history = [entry('r1'), entry('r2'), entry('r3', { outcome: 'rolled-back' })];
    expect(choose(history, 'r2', { now: at(60 * minutes + 120) })).toHaveProperty('nothingToDo');
    expect(choose(history, 'r2')).toMatchObject({ target: { release: 'r1' } });
  });
});

describe('a rollback that names its target', () => {
  const history = [
    entry('r1'),
    entry('r2'),
    entry('bad', { outcome: 'rolled-back' }),
    entry('r3'),
    back('b1', 'r3', 'r2'),
  ];

  test('goes there by the release’s id or by its version, even if it was withdrawn', () => {
    expect(choose(history, 'r2', { to: 'r3' })).toMatchObject({ target: { taskDefinition: 'revision-r3' } });
    const other = [entry('x', { version: '1.0' }), entry('y', { version: '1.0' })];
    expect(choose(other, 'r2', { to: '1.0' })).toMatchObject({ target: { release: 'y' } });
  });

  test('has nothing to do when that serves', () => {
    expect(choose(history, 'r2', { to: 'r2' })).toMatchObject({
      nothingToDo: expect.stringContaining('serves already'),
    });
  });

  test.each(['bad', 'nonsense'])('refuses %s, which was never released, and names what is known good', (to) => {
    expect(choose(history, 'r2', { to })).toEqual({
      refusal: `The ledger has no release ${to} that was ever released. Known good, newest first: r1 (release r1). Name one with "to" to go to it.`,
    });
  });
});
