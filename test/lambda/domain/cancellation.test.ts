import { expect, test } from '@jest/globals';
import { cancelledText, whenCancelled } from '../../../lambda/domain/cancellation.ts';
import { openedReleaseSchema, type Release } from '../../../lambda/domain/release.ts';
import { at, registered, shifted } from './samples.ts';

const way = (state: string, release: Release) => whenCancelled(state, openedReleaseSchema.parse(release));
const migrate = (done: boolean): Release => ({
  ...registered(),
  schema: { ...registered().schema, changes: true, migrate: { task: 't', startedAt: at(0), stoppedAt: null, done } },
});

test.each(['Register', 'Plan', 'Rehearse'])(
  'a cancelled release is refused in %s, where nothing is changed',
  (state) => {
    expect(way(state, registered())).toBe('refuse');
  },
);

test.each(['Shift', 'Observe', 'Promote'])('and goes back from %s', (state) => {
  expect(way(state, shifted())).toBe('retreat');
});

test('goes back from a migration before it has begun, never in the midst of it', () => {
  expect(way('Migrate', registered())).toBe('retreat');
  expect(way('Migrate', migrate(false))).toBe('go-on');
  expect(way('Shift', migrate(true))).toBe('retreat');
});

test('goes on once the old version has been given up', () => {
  const promotion = { startedAt: at(0), continued: true, done: false, reason: '' };
  expect(way('Promote', { ...shifted(), promotion })).toBe('go-on');
});

test.each(['Retreat', 'Mend', 'Verify'])('finishes the way back in %s', (state) => {
  expect(way(state, shifted())).toBe('go-on');
});

test('says who cancelled it, and why', () => {
  expect(cancelledText({ by: 'ada', reason: 'Wrong image', at: at(0) })).toBe('Cancelled by ada: Wrong image.');
});
