import { judgeLock } from '../src/judgeLock';
import type { KnexLock } from '../src/knexLock';
import type { Session } from '../src/sessions';

const session = (pid: number, application = 'backstage_plugin_app'): Session => ({
  pid,
  application,
  client: '10.0.0.7',
});
const lock = (given: Partial<KnexLock>): KnexLock => ({
  rows: [{ locked: true, version: '7' }],
  inTransaction: false,
  writers: [],
  others: [],
  ...given,
});
const run = (sessions: Session[]) => ({ holder: 'backstage-schema abcd', since: '2026-11-21T00:00:00.000Z', sessions });

it('calls a lock free that nobody took', () => {
  expect(judgeLock(lock({ rows: [{ locked: false, version: '7' }], others: [session(1)] }))).toEqual({ is: 'free' });
  expect(judgeLock(lock({ rows: [] }))).toEqual({ is: 'free' });
});

it('calls a lock held that an open transaction holds, whatever its row says, and names who', () => {
  const verdict = judgeLock(
    lock({ rows: [{ locked: false, version: '7' }], inTransaction: true, writers: [session(5)] }),
  );
  expect(verdict).toMatchObject({ is: 'held', holders: [{ pid: 5 }] });
  expect(verdict).toMatchObject({ reason: expect.stringContaining('10.0.0.7 (PostgreSQL process 5') });
});

it('holds a transaction without a session for held: it may be prepared', () => {
  expect(judgeLock(lock({ inTransaction: true }))).toMatchObject({ is: 'held', holders: [] });
});

it('calls a lock abandoned when the run that took it has no session left, however many others are connected', () => {
  const verdict = judgeLock(lock({ run: run([]), others: [session(1), session(2)] }));
  expect(verdict).toMatchObject({ is: 'abandoned', reason: expect.stringContaining('2026-11-21T00:00:00.000Z') });
});

it('calls a lock held while the run that took it has a session, such as one that still executes', () => {
  expect(judgeLock(lock({ run: run([session(3, 'backstage-schema abcd')]) }))).toMatchObject({
    is: 'held',
    holders: [{ pid: 3 }],
  });
});

it('believes no session to be innocent when a backend took the lock by itself', () => {
  expect(judgeLock(lock({ others: [session(1), session(2)] }))).toMatchObject({
    is: 'held',
    holders: [{ pid: 1 }, { pid: 2 }],
  });
  expect(judgeLock(lock({ others: [] }))).toMatchObject({ is: 'abandoned' });
});

it('mends a lock with two rows, which Knex takes for held for ever', () => {
  const free = { locked: false, version: '7' };
  expect(judgeLock(lock({ rows: [free, free], others: [session(1)] }))).toMatchObject({ is: 'abandoned' });
  expect(judgeLock(lock({ rows: [free, { locked: true, version: '8' }], others: [session(1)] })).is).toBe('held');
});
