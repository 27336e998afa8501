import { describe, expect, test } from '@jest/globals';
import { conclude } from '../../../lambda/domain/outcome.ts';
import type { Release } from '../../../lambda/domain/release.ts';
import { at, registered, shifted } from './samples.ts';

const failed = (errorMessage: string) => ({ Error: 'Unworkable', Cause: JSON.stringify({ errorMessage }) });
const bad: Release['decision'] = { at: at(60), verdict: 'fail', reasons: ['Green fails.'] };
const good: Release['decision'] = { at: at(60), verdict: 'pass', reasons: ['Green served.'] };
const retreat = (result: NonNullable<Release['retreat']>['result']): Release['retreat'] => ({
  startedAt: at(60),
  result,
  reason: `Way back: ${result}.`,
});
const check = (verdict: 'works' | 'broken' | null): Release['verification'] => ({
  task: 't-1',
  startedAt: at(90),
  probes: 1,
  verdict,
  reason: `A new task ${verdict}.`,
});
const migrated = {
  ...shifted().schema,
  changes: true,
  migrate: { task: 't', startedAt: at(5), stoppedAt: null, done: true },
};
const promotion = (done: boolean) => ({ startedAt: at(70), continued: true, done, reason: 'Promotion.' });

describe('a release', () => {
  test('that was promoted is released', () => {
    expect(conclude({ ...shifted(), decision: good, promotion: promotion(true) })).toEqual({
      outcome: 'released',
      reason: 'Green served. Promotion.',
    });
  });

  test('that was refused says why', () => {
    expect(conclude(registered({ refusal: 'It is older.' }))).toEqual({ outcome: 'refused', reason: 'It is older.' });
  });

  test('that failed before anything was changed is refused, with what failed', () => {
    const { outcome, reason } = conclude(registered({ failures: { Register: failed('no such role') } }));
    expect(outcome).toBe('refused');
    expect(reason).toBe('Nothing was changed. Register failed with Unworkable: no such role');
  });

  test('that was taken back onto a proven version is rolled back, for the judge’s reasons', () => {
    const { outcome, reason } = conclude({
      ...shifted(),
      decision: bad,
      retreat: retreat('restored'),
      verification: check('works'),
    });
    expect(outcome).toBe('rolled-back');
    expect(reason).toBe('Green fails. Way back: restored. A new task works.');
  });

  test('whose migration failed is rolled back once the old version is proven on the schema', () => {
    const { outcome, reason } = conclude({
      ...registered({ schema: migrated, failures: { Migrate: failed('duplicate column') } }),
      retreat: retreat('nothing-moved'),
      verification: check('works'),
    });
    expect(outcome).toBe('rolled-back');
    expect(reason).toContain('duplicate column');
  });
});

const mended = (result: NonNullable<Release['mend']>['result'], reason: string): Release['mend'] => ({
  startedAt: at(70),
  unlock: null,
  down: null,
  result,
  reason,
});

describe('the schema', () => {
  const back = { ...shifted(), schema: migrated, decision: bad, retreat: retreat('restored') };

  test('that was unwound is told, and one that nobody touched is not', () => {
    const unwound = mended('unwound', 'Taken back.');
    expect(conclude({ ...back, mend: unwound, verification: check('works') }).reason).toContain('Taken back.');
    const untouched = mended('untouched', 'It was not changed.');
    expect(conclude({ ...back, mend: untouched, verification: check('works') }).reason).not.toContain('not changed');
  });

  test('that was unwound needs no restore, even when the old version does not work: it was not the schema', () => {
    expect(conclude({ ...back, mend: mended('unwound', ''), verification: check('broken') }).outcome).toBe('failed');
  });

  test('that cannot be unwound says from which snapshot it has to be restored', () => {
    const { outcome, reason } = conclude({
      ...back,
      mend: mended('impossible', 'RESTORE THE DATABASE from the snapshot s-2.'),
      verification: check('broken'),
    });
    expect(outcome).toBe('needs-restore');
    expect(reason).toContain('RESTORE THE DATABASE from the snapshot s-2.');
  });

  test('counts as touched when the answer of the migration was lost', () => {
    const lost = { ...back, schema: { ...migrated, migrate: null }, failures: { Migrate: failed('time-out') } };
    expect(conclude({ ...lost, verification: check('broken') }).outcome).toBe('needs-restore');
  });
});

describe('a person has to look', () => {
  test('when the old version does not start on the migrated schema: it needs a restore', () => {
    const { outcome } = conclude({
      ...shifted(),
      schema: migrated,
      decision: bad,
      retreat: retreat('restored'),
      verification: check('broken'),
    });
    expect(outcome).toBe('needs-restore');
  });

  test('when the old version does not start on a schema that nobody touched: a restore would mend nothing', () => {
    const release = { ...shifted(), decision: bad, retreat: retreat('restored'), verification: check('broken') };
    expect(conclude(release).outcome).toBe('failed');
  });

  test('when verification itself broke down', () => {
    const release = {
      ...shifted(),
      decision: bad,
      retreat: retreat('restored'),
      failures: { Verify: failed('denied') },
    };
    expect(conclude(release)).toEqual({ outcome: 'failed', reason: expect.stringContaining('denied') });
  });

  test('when the way back is not proven', () => {
    expect(conclude({ ...shifted(), decision: bad, retreat: retreat('unproven') }).outcome).toBe('failed');
  });

  test('when the way back broke down before it began', () => {
    const release = { ...shifted(), decision: bad, failures: { Retreat: failed('denied') } };
    expect(conclude(release)).toEqual({ outcome: 'failed', reason: expect.stringContaining('denied') });
  });

  test('when a version that was judged bad could not be stopped any more', () => {
    expect(conclude({ ...shifted(), decision: bad, retreat: retreat('too-late') }).outcome).toBe('failed');
  });

  test('but not when the version that could not be stopped had been judged good', () => {
    const release = { ...shifted(), decision: good, promotion: promotion(false), retreat: retreat('too-late') };
    expect(conclude(release).outcome).toBe('released');
  });
});
