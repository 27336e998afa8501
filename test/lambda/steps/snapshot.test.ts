import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Release } from '../../../lambda/domain/release.ts';
import { snapshotId } from '../../../lambda/domain/snapshot.ts';
import { handler as snapshot } from '../../../lambda/steps/snapshot.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { at, description } from '../domain/samples.ts';
import { leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
afterAll(() => world.close());

const own = snapshotId('local', 'trucks', 'trucks-2', at(0));
let release: Release;
beforeEach(async () => {
  await world.reset();
  release = await leadToRegistered(world);
});

function become(status: string): void {
  const found = world.state.snapshots[own];
  if (found === undefined) throw new Error('There is no snapshot yet.');
  found.status = status;
}

test('its name is one that RDS takes, and the same at every call', () => {
  expect(own).toMatch(/^understudy-local-trucks-202611210900-[0-9a-f]{8}$/);
  expect(snapshotId('local', 'trucks', 'trucks-3', at(0))).not.toBe(own);
});

describe('a snapshot before the migrations', () => {
  test('is started, tagged, and waited for', async () => {
    const waiting = await world.run(snapshot, release, 30);
    expect(waiting).toMatchObject({ wait: { resume: 'Snapshot' }, snapshot: { id: own, available: false } });
    expect(world.inputs('CreateDBSnapshot')).toEqual([
      {
        DBInstanceIdentifier: 'understudy-local',
        DBSnapshotIdentifier: own,
        Tags: [
          { Key: 'understudy:service', Value: 'trucks' },
          { Key: 'understudy:release', Value: 'trucks-2' },
        ],
      },
    ]);
    become('available');
    const taken = await world.run(snapshot, waiting, 200);
    expect(taken).toMatchObject({
      wait: null,
      refusal: null,
      snapshot: { id: own, available: true, startedAt: at(30) },
    });
  });

  test('is found again, though the answer of the call that started it was lost', async () => {
    await world.run(snapshot, release, 30);
    await world.run(snapshot, release, 30);
    expect(world.inputs('CreateDBSnapshot')).toHaveLength(1);
  });

  test('waits for an instance that is busy', async () => {
    world.state.broken = { CreateDBSnapshot: new ServiceError('InvalidDBInstanceState', 'backing-up') };
    expect(await world.run(snapshot, release, 30)).toMatchObject({ wait: { resume: 'Snapshot' }, refusal: null });
  });

  test.each([
    ['fails', 'failed', 40],
    ['takes too long', 'creating', 930],
  ])('refuses the release when it %s: nothing was changed', async (_, status, seconds) => {
    const waiting = await world.run(snapshot, release, 30);
    become(status);
    const { refusal, wait } = await world.run(snapshot, waiting, seconds);
    expect([refusal, wait]).toEqual([expect.stringContaining('nothing was changed'), null]);
  });

  test('is not taken of a service that names no database', async () => {
    const without = { ...release, description: { ...description, database: null } };
    expect(await world.run(snapshot, without, 30)).toMatchObject({ snapshot: { id: null, available: true } });
    expect(world.inputs('CreateDBSnapshot')).toEqual([]);
  });

  test('sends older ones of the service away, but for three, and nobody else’s', async () => {
    const tags = { 'understudy:service': 'trucks', 'understudy:release': 'r' };
    for (const day of [1, 2, 3, 4]) {
      world.state.snapshots[`old-${day}`] = { status: 'available', createdAt: new Date(2026, 0, day), tags };
    }
    world.state.snapshots['mine'] = { status: 'available', createdAt: new Date(2025, 0, 1), tags: {} };
    const waiting = await world.run(snapshot, release, 30);
    become('available');
    await world.run(snapshot, waiting, 60);
    expect(Object.keys(world.state.snapshots).toSorted()).toEqual(['mine', 'old-3', 'old-4', own]);
  });

  test('is there all the same when an old one cannot be deleted, and that is told', async () => {
    const waiting = await world.run(snapshot, release, 30);
    become('available');
    const tags = { 'understudy:service': 'trucks', 'understudy:release': 'r' };
    for (const day of [1, 2, 3, 4]) {
      world.state.snapshots[`old-${day}`] = { status: 'available', createdAt: new Date(2026, 0, day), tags };
    }
    world.state.broken = { DeleteDBSnapshot: new ServiceError('InvalidDBSnapshotState', 'it is being copied') };
    const taken = await world.run(snapshot, waiting, 60);
    expect(taken).toMatchObject({ refusal: null, snapshot: { available: true } });
    expect(taken.snapshot?.reason).toContain('it is being copied');
  });
});
