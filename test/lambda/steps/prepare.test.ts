import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Release } from '../../../lambda/domain/release.ts';
import { handler as migrate } from '../../../lambda/steps/migrate.ts';
import { handler as open } from '../../../lambda/steps/open.ts';
import { handler as plan } from '../../../lambda/steps/plan.ts';
import { handler as register } from '../../../lambda/steps/register.ts';
import { at, description, digestOf, request, uri } from '../domain/samples.ts';
import { leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

/** Lets another execution take the lock, as after a release that was taken for dead. */
async function loseLock(): Promise<void> {
  world.state.holder = { status: 'ABORTED', stopDate: new Date(0) };
  await world.run(open, request, 600, { id: 'arn:other', name: 'other' });
}

describe('Register', () => {
  test('registers the image by its digest, tagged with the release', async () => {
    const release = await leadToRegistered(world);
    expect(world.state.definitions).toEqual({
      [release.revision ?? '']: {
        image: `${uri}@${digestOf('b')}`,
        tags: [{ key: 'understudy:release', value: 'trucks-2' }],
      },
    });
  });

  test('finds the revision that it registered before its answer was lost', async () => {
    const opened = await world.run(open, request);
    const first = await world.run(register, opened);
    expect((await world.run(register, opened)).revision).toBe(first.revision);
    expect(world.inputs('RegisterTaskDefinition')).toHaveLength(1);
  });

  test('registers nothing once another release has the lock', async () => {
    const opened = await world.run(open, request);
    await loseLock();
    await expect(world.run(register, opened)).rejects.toMatchObject({ name: 'LockLost' });
    expect(world.inputs('RegisterTaskDefinition')).toEqual([]);
  });

  test('refuses a document that is not a release', async () => {
    await expect(world.run(register, { id: 'trucks-2' })).rejects.toMatchObject({ name: 'MalformedRelease' });
  });
});

const status = '{"plugins":[{"plugin":"catalog","sets":[{"pending":["1.js"]}]}]}';

const commands = () => world.inputs('RunTask').map(({ overrides }) => Object(overrides).containerOverrides[0].command);

function endTask(exitCode: number, ...lines: string[]): void {
  for (const task of world.state.tasks) Object.assign(task, { lastStatus: 'STOPPED', exitCode, stoppedReason: 'done' });
  world.state.lines = lines;
}

describe('Plan', () => {
  let release: Release;
  beforeEach(async () => {
    release = await leadToRegistered(world);
  });

  test('asks the new image in one task of the new revision, and waits for it', async () => {
    const waiting = await world.run(plan, release, 5);
    expect(waiting.wait).toEqual({ seconds: 3, resume: 'Plan' });
    expect(world.inputs('RunTask')).toMatchObject([
      {
        taskDefinition: release.revision,
        startedBy: 'trucks-2',
        overrides: { containerOverrides: [{ name: 'trucks', command: ['schema', 'status'] }] },
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'DISABLED' } },
      },
    ]);
    endTask(0, 'booting', status, 'bye');
    const planned = await world.run(plan, waiting, 8);
    expect(planned).toMatchObject({
      wait: null,
      refusal: null,
      schema: { changes: true, pending: [{ plugin: 'catalog', migrations: ['1.js'] }] },
    });
  });

  test('asks once, though its answer was lost', async () => {
    await world.run(plan, release, 5);
    await world.run(plan, release, 5);
    expect(world.state.tasks).toHaveLength(1);
  });

  test('waits for the log of a task that has ended, which comes late and in pieces', async () => {
    const waiting = await world.run(plan, release, 5);
    endTask(0);
    const without = await world.run(plan, waiting, 8);
    expect(without).toMatchObject({ wait: { resume: 'Plan' }, schema: { plan: { stoppedAt: at(8) } } });
    world.state.lines = ['booting'];
    const piece = await world.run(plan, without, 37);
    expect(piece).toMatchObject({ wait: { resume: 'Plan' }, refusal: null, schema: { plan: { stoppedAt: at(8) } } });
    world.state.lines = ['booting', status];
    expect(await world.run(plan, piece, 38)).toMatchObject({ wait: null, schema: { changes: true } });
  });

  test.each([
    ['the tool fails', 1, ['no database'], 'exit code 1: done. no database'],
    ['the tool prints nothing readable', 0, ['hello'], 'printed no status'],
  ])('refuses when %s: nothing has been changed yet', async (_, exitCode, lines, words) => {
    const waiting = await world.run(plan, release, 5);
    endTask(exitCode, ...lines);
    const ended = await world.run(plan, waiting, 8);
    expect(ended).toMatchObject({ refusal: null, wait: { resume: 'Plan' } });
    expect((await world.run(plan, ended, 38)).refusal).toContain(words);
  });

  test('refuses an image with migrations that nobody would run', async () => {
    const waiting = await world.run(plan, release, 5);
    endTask(0, '{"plugins":[],"unplaced":[{"package":"@acme/orders","reason":"calls knex.migrate itself"}]}');
    const { refusal } = await world.run(plan, waiting, 8);
    expect(refusal).toMatch(/@acme\/orders calls knex\.migrate itself.*understudy\.schema\.migrations/);
  });

  test('gives up at its deadline, and stops the task', async () => {
    const waiting = await world.run(plan, release, 5);
    const late = await world.run(plan, waiting, 65);
    expect(late).toMatchObject({ wait: null, refusal: expect.stringContaining('within 60 s') });
    expect(world.state.tasks[0]?.lastStatus).toBe('STOPPED');
  });

  describe('finds a lock', () => {
    const locked = '{"plugins":[{"plugin":"catalog","sets":[{"pending":["1.js"],"locked":true}]}]}';
    let found: Release;
    beforeEach(async () => {
      const waiting = await world.run(plan, release, 5);
      endTask(0, locked);
      found = await world.run(plan, waiting, 8);
    });

    test('and has the tool free it, then asks again', async () => {
      expect(found).toMatchObject({ refusal: null, schema: { locked: ['catalog'] }, wait: { resume: 'Plan' } });
      expect(commands()).toEqual([
        ['schema', 'status'],
        ['schema', 'unlock'],
      ]);
      endTask(0);
      const freed = await world.run(plan, found, 11);
      const again = await world.run(plan, freed, 12);
      expect(commands().at(-1)).toEqual(['schema', 'status']);
      endTask(0, status);
      expect(await world.run(plan, again, 15)).toMatchObject({ wait: null, refusal: null, schema: { changes: true } });
    });

    test('and refuses when its holder is still there, in the tool’s words', async () => {
      endTask(1, '{"ok":false,"error":{"message":"held by 10.0.1.7"}}');
      expect((await world.run(plan, found, 11)).refusal).toContain('held by 10.0.1.7');
    });

    test('and refuses when somebody takes it again', async () => {
      endTask(0);
      const freed = await world.run(plan, await world.run(plan, found, 11), 12);
      endTask(0, locked);
      expect((await world.run(plan, freed, 15)).refusal).toContain('right after it was freed');
    });

    test('and tells people to free it where the service names no command for that', async () => {
      const { schemaTool } = description;
      const own = { ...description, schemaTool: schemaTool && { ...schemaTool, unlock: null } };
      const waiting = await world.run(plan, { ...release, description: own }, 5);
      expect((await world.run(plan, waiting, 8)).refusal).toContain('Free it by hand');
    });
  });

  test('has nothing to ask of a service without a schema', async () => {
    const planned = await world.run(plan, { ...release, description: { ...release.description, schemaTool: null } });
    expect(planned.schema.changes).toBe(false);
    expect(world.inputs('RunTask')).toEqual([]);
  });
});

describe('Migrate', () => {
  let waiting: Release;
  beforeEach(async () => {
    waiting = await world.run(migrate, await leadToRegistered(world), 20);
  });

  test('runs the migrations in one task and waits for it', async () => {
    expect(waiting.wait).toEqual({ seconds: 3, resume: 'Migrate' });
    endTask(0, 'migrated');
    expect(await world.run(migrate, waiting, 30)).toMatchObject({ wait: null, schema: { migrate: { done: true } } });
    expect(world.inputs('RunTask')).toMatchObject([
      { overrides: { containerOverrides: [{ command: ['schema', 'up'] }] } },
    ]);
  });

  test('fails with what the tool says of it, at once', async () => {
    endTask(1, '{"ok":false,"error":{"kind":"locked","message":"Another run is at work"}}');
    await expect(world.run(migrate, waiting, 30)).rejects.toMatchObject({
      message: expect.stringMatching(/Another run is at work$/),
    });
  });

  test('fails with the tool’s last words when it does not, for good', async () => {
    endTask(1, 'duplicate column');
    const ended = await world.run(migrate, waiting, 30);
    await expect(world.run(migrate, ended, 60)).rejects.toMatchObject({
      name: 'MigrationFailed',
      message: expect.stringContaining('duplicate column'),
    });
  });

  test('starts nothing once another release has the lock', async () => {
    const release = { ...waiting, schema: { ...waiting.schema, migrate: null } };
    const before = world.inputs('RunTask').length;
    await loseLock();
    await expect(world.run(migrate, release, 601)).rejects.toMatchObject({ name: 'LockLost' });
    expect(world.inputs('RunTask')).toHaveLength(before);
  });
});
