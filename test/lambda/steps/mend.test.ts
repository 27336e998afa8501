import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { concludeRehearsal } from '../../../lambda/domain/rehearsal/conclude.ts';
import type { Release } from '../../../lambda/domain/release.ts';
import { handler as mend } from '../../../lambda/steps/mend.ts';
import { handler as migrate } from '../../../lambda/steps/migrate.ts';
import { allWell, rehearsed } from '../domain/rehearsal/rehearsals.ts';
import { at, description } from '../domain/samples.ts';
import { leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
afterAll(() => world.close());

const commands = () => world.inputs('RunTask').map(({ overrides }) => Object(overrides).containerOverrides[0].command);

function end(exitCode: number, ...lines: string[]): void {
  for (const task of world.state.tasks) Object.assign(task, { lastStatus: 'STOPPED', exitCode, stoppedReason: 'done' });
  world.state.lines = lines;
}

/** A release whose migration has been started, and had been rehearsed with these answers. */
let release: Release;
beforeEach(async () => {
  await world.reset();
  const registered = await leadToRegistered(world);
  const schema = { ...registered.schema, changes: true, blueManifest: 'H4sImanifest' };
  const rehearsal = concludeRehearsal(rehearsed(allWell), true, at(10));
  const snapshot = { id: 'before-2', startedAt: at(11), available: true, reason: '' };
  release = await world.run(migrate, { ...registered, schema, rehearsal, snapshot }, 20);
});

const ran = (change: Partial<Release> = {}): Release => ({
  ...release,
  schema: { ...release.schema, migrate: release.schema.migrate && { ...release.schema.migrate, done: true } },
  ...change,
});

describe('Mend does nothing', () => {
  test('when the schema was not changed', async () => {
    const untouched = { ...release, schema: { ...release.schema, migrate: null } };
    expect(await world.run(mend, untouched, 60)).toMatchObject({ wait: null, mend: { result: 'untouched' } });
  });

  test('when the rehearsal has shown that old tasks can be started on it', async () => {
    expect(await world.run(mend, ran(), 60)).toMatchObject({ wait: null, mend: { result: 'proven' } });
    expect(commands()).toEqual([['schema', 'up']]);
  });
});

describe('Mend takes the migrations back', () => {
  test('when the migration broke off: the lock first, then what was applied, with the new image', async () => {
    end(1);
    const unlocking = await world.run(mend, release, 60);
    expect(unlocking).toMatchObject({ wait: { resume: 'Mend' } });
    expect(commands().slice(1)).toEqual([['schema', 'unlock']]);
    end(0);
    const freed = await world.run(mend, unlocking, 66);
    const unwinding = await world.run(mend, freed, 67);
    expect(commands().slice(2)).toEqual([['schema', 'down', '--to', 'H4sImanifest']]);
    expect(world.inputs('RunTask').at(-1)).toMatchObject({ taskDefinition: release.revision });
    end(0, '{"ok":true}');
    expect(await world.run(mend, unwinding, 70)).toMatchObject({ wait: null, mend: { result: 'unwound' } });
  });

  test('when the answer of the state that started the migration was lost', async () => {
    end(1);
    const failures = { Migrate: { Error: 'States.Timeout', Cause: '' } };
    const lost = { ...release, schema: { ...release.schema, migrate: null }, failures };
    expect((await world.run(mend, lost, 60)).wait).not.toBeNull();
    expect(commands().at(-1)).toEqual(['schema', 'unlock']);
  });

  test('when it ran to its end, but the rehearsal has shown that old tasks do not start on it', async () => {
    const rehearsal = concludeRehearsal(rehearsed({ ...allWell, 'restarted-blue': false }), true, at(10));
    end(0);
    const unwinding = await world.run(mend, ran({ rehearsal }), 60);
    expect(commands().at(-1)).toEqual(['schema', 'down', '--to', 'H4sImanifest']);
    end(0, '{"ok":true,"discarded":[{"plugin":"logbook","table":"entries","column":"mood","rows":3}]}');
    expect((await world.run(mend, unwinding, 70)).mend).toMatchObject({
      result: 'unwound',
      reason: expect.stringContaining('3 values of mood of entries (logbook)'),
    });
  });

  test('only after a migration that still runs has ended', async () => {
    const waiting = await world.run(mend, release, 60);
    expect(waiting).toMatchObject({ wait: { resume: 'Mend' } });
    expect(world.state.tasks).toMatchObject([{ lastStatus: 'STOPPED' }]);
    expect(commands()).toEqual([['schema', 'up']]);
  });

  test('once, though an answer was lost', async () => {
    end(1);
    await world.run(mend, release, 60);
    await world.run(mend, release, 60);
    expect(world.state.tasks).toHaveLength(2);
    // Nor is what runs for it taken for a migration that has to be stopped.
    expect(world.state.tasks.at(-1)?.lastStatus).toBe('PENDING');
  });
});

describe('Mend says that the snapshot has to be restored', () => {
  test('when taking back did harm on the copy, wherever the migration has got to', async () => {
    const harmful = { ...allWell, 'restarted-blue': false, 'unwound-blue': false } as const;
    const rehearsal = concludeRehearsal(rehearsed(harmful), true, at(10));
    for (const irreversible of [ran({ rehearsal }), { ...release, rehearsal }]) {
      const { mend: mended } = await world.run(mend, irreversible, 60);
      expect(mended).toMatchObject({ result: 'impossible' });
      expect(mended?.reason).toMatch(/RESTORE THE DATABASE from the snapshot before-2.*on the copy/);
    }
    expect(commands()).toEqual([['schema', 'up']]);
  });

  test('when the migrations ran to their end, and nobody has tried on a copy to take them back', async () => {
    const rehearsal = concludeRehearsal(rehearsed({ live: true }, null), true, at(10));
    expect((await world.run(mend, ran({ rehearsal }), 60)).mend?.result).toBe('impossible');
    expect(commands()).toEqual([['schema', 'up']]);
  });

  test('when the migrations cannot be taken back', async () => {
    end(0);
    const rehearsal = concludeRehearsal(rehearsed({ ...allWell, 'restarted-blue': false }), true, at(10));
    const unwinding = await world.run(mend, ran({ rehearsal }), 60);
    end(1, '{"ok":false,"error":{"message":"no function \\"down\\""}}');
    const { mend: mended } = await world.run(mend, unwinding, 70);
    expect(mended?.result).toBe('impossible');
    expect(mended?.reason).toMatch(/RESTORE THE DATABASE from the snapshot before-2.*no function "down"/);
  });

  test('when somebody still holds the lock', async () => {
    end(1);
    const unlocking = await world.run(mend, release, 60);
    end(1, '{"ok":false,"error":{"message":"held by 10.0.1.7"}}');
    expect((await world.run(mend, unlocking, 66)).mend).toMatchObject({
      result: 'impossible',
      reason: expect.stringContaining('held by 10.0.1.7'),
    });
  });

  test('when the service names no command for it', async () => {
    const schemaTool = description.schemaTool && { ...description.schemaTool, down: null };
    const own = { ...release, description: { ...description, schemaTool } };
    expect((await world.run(mend, own, 60)).mend?.result).toBe('impossible');
  });
});
