import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { history, putRelease, readRelease } from '../../../lambda/aws/ledger.ts';
import { handler as close } from '../../../lambda/steps/close.ts';
import { handler as observe } from '../../../lambda/steps/observe.ts';
import { refuseImpossible } from '../../../lambda/steps/rollback-target.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { at, digestOf, execution, registered } from '../domain/samples.ts';
import { leadToReady } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

const table = 'understudy-local-ledger';
const promotion = { startedAt: at(200), continued: true, done: true, reason: 'It serves alone.' };
const entryOf = (id: string, since: string) => readRelease(table, 'trucks', { release: id, since });

describe('an entry of the ledger', () => {
  test('tells who, what, why, when and how it ended, and how long each state took', async () => {
    await world.run(close, { ...(await leadToReady(world)), promotion }, 220);
    const { entries } = await history(table, 'trucks');
    expect(entries).toEqual([
      {
        id: 'trucks-2',
        kind: 'release',
        policy: 'feature',
        service: 'trucks',
        version: '2.0.0',
        sequence: 2,
        commit: null,
        requestedBy: 'ada',
        why: 'A new map',
        openedAt: at(0),
        closedAt: at(220),
        token: 1,
        state: 'Close',
        outcome: 'released',
        reason: 'It serves alone.',
        digest: digestOf('b'),
        taskDefinition: expect.stringContaining('understudy-local-trucks:'),
        replaced: 'blue:2',
        deployment: 'd-1',
      },
    ]);
    expect((await entryOf('trucks-2', at(0)))?.timings).toEqual({
      Open: { first: at(0), last: at(0), visits: 1 },
      Register: { first: at(0), last: at(0), visits: 1 },
      Shift: { first: at(10), last: at(10), visits: 1 },
      Close: { first: at(220), last: at(220), visits: 1 },
    });
  });

  test('is never written again once it is final, and a late step of the release is told so', async () => {
    const ready = await leadToReady(world);
    await world.run(close, { ...ready, promotion }, 220);
    await expect(world.run(observe, ready, 230)).rejects.toMatchObject({ name: 'LockLost' });
    expect(await putRelease(table, { ...ready, reason: 'Rewritten.' })).toBe(false);
    expect(await entryOf('trucks-2', at(0))).toMatchObject({ outcome: 'released', closedAt: at(220) });
  });

  test('that another version has stored in a form of its own is not taken for none', async () => {
    const release = registered();
    await putRelease(table, { ...release, policy: 'of a later version' } as typeof release);
    await expect(entryOf(release.id, release.openedAt)).rejects.toMatchObject({
      name: 'Unworkable',
      message: expect.stringContaining(`release ${release.id} of trucks, and this one cannot read it`),
    });
  });

  test('is not written by whoever has lost the lock', async () => {
    const release = registered({ token: 2 });
    expect(await putRelease(table, release)).toBe(true);
    expect(await putRelease(table, { ...release, token: 1 })).toBe(false);
    expect(await putRelease(table, { ...release, token: 3 })).toBe(true);
  });
});

describe('Close that is run again', () => {
  test('after its final entry was written goes on to free the lock and to tell, with the first end', async () => {
    const ready = { ...(await leadToReady(world)), promotion };
    world.state.broken = { Publish: new ServiceError('InternalFailure', 'later', 500) };
    await expect(world.run(close, ready, 220)).rejects.toMatchObject({ name: 'Transient' });
    world.state.broken = {};
    expect(await world.run(close, ready, 500)).toMatchObject({ outcome: 'released', closedAt: at(220) });
    expect(world.inputs('Publish')).toHaveLength(2);
    expect(await world.item('LOCK')).not.toHaveProperty('holder');
  });

  test('does not end a release that another execution has taken over', async () => {
    const ready = await leadToReady(world);
    await putRelease(table, { ...ready, execution: 'arn:recovery', token: 2 });
    await expect(world.run(close, ready, 220)).rejects.toMatchObject({
      name: 'LockLost',
      message: 'Release trucks-2 has been taken over by arn:recovery, which ends it.',
    });
    expect(world.inputs('Publish')).toEqual([]);
  });
});

test('the history is read newest first, by pages', async () => {
  for (const minute of [1, 2, 3, 4, 5]) {
    await putRelease(table, { ...registered(), id: `r-${minute}`, openedAt: at(60 * minute) });
  }
  const first = await history(table, 'trucks', { limit: 2 });
  expect(first.entries.map(({ id }) => id)).toEqual(['r-5', 'r-4']);
  const second = await history(table, 'trucks', { limit: 10, from: first.next });
  expect(second.entries.map(({ id }) => id)).toEqual(['r-3', 'r-2', 'r-1']);
  expect(second.next).toBeNull();
  expect(await history(table, 'nothing')).toEqual({ entries: [], next: null });
});

test('the log of a function that gets no envelope is one line of JSON all the same', async () => {
  await expect(close({ execution })).rejects.toMatchObject({ name: 'MalformedRelease' });
  expect(world.logs.map((line) => JSON.parse(line))).toEqual([
    { level: 'error', state: 'Close', error: expect.stringContaining('enteredAt') },
  ]);
});

test('a rollback finds the version that is named behind more refused releases than one query reads', async () => {
  const { description, shape } = registered();
  if (description === null || shape === null) throw new Error('The sample has been opened.');
  await putRelease(table, registered({ id: 'good', openedAt: at(1), outcome: 'released', closedAt: at(2) }));
  const reason = 'No. '.repeat(6000);
  for (let minute = 1; minute <= 50; minute += 1) {
    const refused = { id: `r-${minute}`, openedAt: at(60 * minute), closedAt: at(60 * minute), reason };
    await putRelease(table, { ...registered(), ...refused, revision: null, outcome: 'refused' });
  }
  expect((await history(table, 'trucks', { limit: 200 })).next).not.toBeNull();
  await expect(refuseImpossible('2.0.0', { description, shape })).resolves.toBeUndefined();
});
