import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../lambda/domain/names.ts';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import type { Behaviour } from '../../local/simulation/behaviours.ts';
import type { MigrationEffect } from '../../local/simulation/simulated-database.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { stageAssembly } from './stage-assembly.ts';

let stage: VirtualStage;
let released = 0;
/** Migrations of the version that serves. */
let live: string[] = [];

interface Ask {
  readonly behaviour?: Behaviour;
  readonly allowIrreversible?: boolean;
  readonly allowCutover?: boolean;
  readonly policy?: 'feature' | 'hotfix';
  /** Called once the release has been started. */
  readonly meanwhile?: () => Promise<void>;
}

/** Releases a version that brings one migration more than the one that serves, with this effect. */
async function migrate(effect: MigrationEffect, ask: Ask = {}): Promise<{ release: Release; migration: string }> {
  const migration = `${released + 1}.js`;
  return { release: await play([...live, migration], { [migration]: effect }, ask), migration };
}

async function play(
  migrations: string[],
  effects: Record<string, MigrationEffect>,
  { behaviour = 'good', meanwhile, ...request }: Ask = {},
): Promise<Release> {
  released += 1;
  stage.push(`s${released}`, behaviour, { catalog: migrations }, effects);
  const execution = stage.start(`schema-${released}`, {
    image: `s${released}`,
    version: `1.${released}.0`,
    sequence: released,
    ...request,
  });
  // A version that turns bad does so under users.
  const users = stage.users(() => false, behaviour === 'late' ? 5 : 0);
  await meanwhile?.();
  await stage.finish(execution);
  await stage.clock.advance(60_000);
  users.stop();
  const release = releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
  if (release.outcome === 'released') live = migrations;
  return release;
}

async function cancel(id: string): Promise<void> {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: 'us-east-1',
      endpoint: stage.cloud.endpointUrl,
      credentials: { accessKeyId: 'engineer', secretAccessKey: 'engineer' },
    }),
  );
  const Item = { pk: `SIGNAL#${id}`, sk: 'CANCEL', by: 'ada', reason: 'Not today', at: '2026-11-21T09:00:00Z' };
  await client.send(new PutCommand({ TableName: 'understudy-local-ledger', Item }));
  client.destroy();
}

/** Releases a version with two migrations, of which the second one turns out so on the live database alone. */
async function turns(upLive: 'fails' | 'hangs'): Promise<Release> {
  const [first, second] = [`${released + 1}a.js`, `${released + 1}b.js`];
  return play([...live, first, second], { [second]: { upLive } });
}

/** What has to hold whatever became of a release: what serves can be replaced, and nothing is left of the rehearsal. */
function expectOrder(): void {
  const { cloud, runtime, database } = stage;
  const [service] = cloud.ecs.services();
  expect(database.copies()).toEqual([]);
  expect(database.lockOf('catalog', '')).toBe('free');
  expect(runtime.tasks()).toHaveLength(service?.desiredCount ?? 0);
  // A task that is started now finds all that is applied.
  expect(database.serves({ catalog: live }, '', database.snapshot(''))).toBe(true);
}

beforeAll(async () => {
  stage = await openVirtualStage(stageAssembly(), { inProcess: true });
  const first = await play(['0.js'], {});
  if (first.outcome !== 'released') throw new Error(first.reason);
}, 60_000);

afterAll(async () => {
  await stage.close();
});

// Alarms that an earlier test set off are over by then.
beforeEach(async () => {
  await stage.clock.advance(600_000);
});

describe('a release whose migrations old tasks can live with', () => {
  test('is rehearsed on a copy, takes a snapshot, and goes on by canary', async () => {
    const { release } = await migrate({});
    expect(release).toMatchObject({
      outcome: 'released',
      rehearsal: {
        verdict: 'coexists',
        truthTable: { greenWorks: true, runningBlueWorks: true, restartedBlueWorks: true, downWorks: true },
        rows: 1000,
        rowsLost: [],
        limits: [],
      },
      snapshot: { available: true, id: expect.stringMatching(/^understudy-local-backstage-\d{12}-[0-9a-f]{8}$/) },
    });
    expect(release.rehearsal?.tasks.every(({ ok }) => ok === true)).toBe(true);
    expect(stage.cloud.rds.snapshots().map(({ id }) => id)).toContain(release.snapshot?.id);
    expectOrder();
  });

  test('unwinds nothing when it is taken back', async () => {
    const { release, migration } = await migrate({}, { behaviour: 'late' });
    expect(release).toMatchObject({ outcome: 'rolled-back', mend: { result: 'proven' } });
    expect(stage.database.applied('catalog')).toContain(migration);
    expectOrder();
  });

  test('is rehearsed as a hotfix too, on a copy by the new image when an earlier one left migrations that the old does not know', async () => {
    const known = [...stage.database.applied('catalog')];
    expect(known.length).toBeGreaterThan(live.length);
    const release = await play([...known, 'next.js'], {}, { policy: 'hotfix' });
    expect(release.outcome).toBe('released');
    expect(release.rehearsal?.tasks.map(({ name, ok }) => `${name} ${ok}`)).toEqual(
      expect.arrayContaining(['copy false', 'copy-by-green true']),
    );
    expectOrder();
  });
});

describe('a release is refused before anything was changed', () => {
  test.each([
    ['breaks old tasks that run', { breaksRunning: true, breaksRestarted: true }, 'exclusive'],
    [
      'breaks old tasks and loses rows when it is taken back',
      { breaksRestarted: true, down: 'loses rows' },
      'irreversible',
    ],
    ['fails', { up: 'fails' }, 'broken'],
  ] as const)('when its migration %s', async (_, effect, verdict) => {
    const before = [...stage.database.applied('catalog')];
    const { release } = await migrate(effect, { allowCutover: true });
    expect(release).toMatchObject({
      outcome: 'refused',
      rehearsal: { verdict },
      snapshot: null,
      schema: { migrate: null },
    });
    expect(release.reason).toContain('nothing was changed');
    expect(stage.database.applied('catalog')).toEqual(before);
    expectOrder();
  });

  test('when the new version does not work on the migrated copy', async () => {
    const { release } = await migrate({}, { behaviour: 'errors' });
    expect(release).toMatchObject({ outcome: 'refused', rehearsal: { verdict: 'broken' }, deployment: null });
    expectOrder();
  });

  test('when it is cancelled in the midst of the rehearsal, whose copy is dropped', async () => {
    const { release } = await migrate(
      {},
      {
        meanwhile: async () => {
          for (let waited = 0; stage.database.copies().length === 0 && waited < 300; waited += 1) {
            await stage.clock.advance(1000);
          }
          expect(stage.database.copies()).toHaveLength(1);
          await cancel(`schema-${released}`);
        },
      },
    );
    expect(release).toMatchObject({ outcome: 'refused', rehearsal: { verdict: null } });
    expect(release.reason).toContain('Cancelled by');
    expectOrder();
  });
});

/** Starts the rollback machine, as the person on call does. */
async function rollBack(name: string): Promise<Release> {
  const { machines } = stage.cloud;
  const machine = machines.machines().find((each) => each.name === environmentNames('local').rollbackStateMachine);
  const input = { service: 'backstage', reason: 'Users complain', requestedBy: 'on call' };
  const execution = machines.start(machine?.arn ?? '', JSON.stringify(input), name);
  await stage.finish(execution);
  await stage.clock.advance(60_000);
  return releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
}

describe('a rollback after promotion', () => {
  test('goes back to a version that lives on the new schema, and unwinds nothing', async () => {
    const before = live;
    const { release, migration } = await migrate({});
    expect(release.outcome).toBe('released');
    const back = await rollBack('back-coexists');
    expect(back).toMatchObject({
      outcome: 'released',
      kind: 'rollback',
      rehearsal: { verdict: 'neutral' },
      schema: { changes: false, migrate: null },
      snapshot: null,
    });
    expect(stage.database.applied('catalog')).toContain(migration);
    live = before;
    expectOrder();
  });

  test('is refused before anything moves when its target does not work on the present schema', async () => {
    // The version that serves after the rollback above does not know what is applied.
    const known = [...stage.database.applied('catalog')];
    const effect = { breaksRestarted: true, down: 'missing' } as const;
    const release = await play([...known, 'one-way.js'], { 'one-way.js': effect }, { allowIrreversible: true });
    expect(release.outcome).toBe('released');
    const back = await rollBack('back-irreversible');
    expect(back).toMatchObject({ outcome: 'refused', rehearsal: { verdict: 'broken' }, deployment: null });
    expect(back.reason).toContain('version to go back to does not work on the present schema');
    expect(back.reason).toContain('restore the snapshot that it took');
    expectOrder();
  });
});

describe('a release without a way back', () => {
  test('goes on when the request allows it, after a snapshot', async () => {
    const effect = { breaksRestarted: true, down: 'missing' } as const;
    const { release } = await migrate(effect, { allowIrreversible: true });
    expect(release).toMatchObject({
      outcome: 'released',
      rehearsal: { verdict: 'irreversible' },
      snapshot: { available: true },
    });
    expectOrder();
  });

  test('names the snapshot that has to be restored when it turns out bad', async () => {
    const effect = { breaksRestarted: true, down: 'missing' } as const;
    const before = [...stage.database.applied('catalog')];
    const { release } = await migrate(effect, { allowIrreversible: true, behaviour: 'late' });
    expect(release).toMatchObject({ outcome: 'needs-restore', mend: { result: 'impossible' } });
    expect(release.reason).toContain(`RESTORE THE DATABASE from the snapshot ${release.snapshot?.id}`);
    stage.database.set('catalog', before);
    expectOrder();
  });
});

describe('a migration', () => {
  test('that fails half-way is taken back as far as it went', async () => {
    const before = [...stage.database.applied('catalog')];
    const release = await turns('fails');
    expect(release).toMatchObject({
      outcome: 'rolled-back',
      mend: { result: 'unwound' },
      verification: { verdict: 'works' },
    });
    expect(release.reason).toContain('failed and was rolled back');
    expect(stage.database.applied('catalog')).toEqual(before);
    expectOrder();
  });

  test('that is killed leaves a lock, which is freed, and is taken back', async () => {
    const before = [...stage.database.applied('catalog')];
    const release = await turns('hangs');
    expect(release).toMatchObject({
      outcome: 'rolled-back',
      mend: { result: 'unwound', unlock: { done: true } },
    });
    expect(stage.database.applied('catalog')).toEqual(before);
    expectOrder();
  });

  test('finds the lock of a run that was killed, and has it freed before it is planned', async () => {
    stage.database.lock('catalog', '', () => false);
    const { release } = await migrate({});
    expect(release).toMatchObject({ outcome: 'released', schema: { locked: ['catalog'], unlock: { done: true } } });
    expectOrder();
  });

  test('does not start while somebody holds the lock', async () => {
    stage.database.lock('catalog', '', () => true);
    const { release } = await migrate({});
    expect(release).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('a run that is still there') });
    stage.database.release('catalog', '');
    expectOrder();
  });
});

test('snapshots of earlier releases go, so that the quota of 100 is never reached', async () => {
  const { releaseSnapshots } = { releaseSnapshots: stage.description.database?.snapshots ?? 0 };
  expect(releaseSnapshots).toBeGreaterThan(0);
  expect(stage.cloud.rds.snapshots().length).toBeLessThanOrEqual(releaseSnapshots);
});
