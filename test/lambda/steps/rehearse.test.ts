import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RehearsalTaskName, taskOf } from '../../../lambda/domain/rehearsal/record.ts';
import { releaseScratch, serviceScratch } from '../../../lambda/domain/rehearsal/scratch.ts';
import type { Release } from '../../../lambda/domain/release.ts';
import { handler as rehearse } from '../../../lambda/steps/rehearse.ts';
import { description, shape } from '../domain/samples.ts';
import { leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
afterAll(() => world.close());

const scratch = releaseScratch('local', 'trucks', 'trucks-2');
const outputs: Partial<Record<RehearsalTaskName, string>> = {
  manifest: '{"plugins":[{"plugin":"catalog","sets":[]},{"plugin":"search","sets":[]}]}',
  copy: '{"ok":true,"rows":12,"bytes":345,"plugins":[{"plugin":"catalog","drift":{"onlyLive":["index i"],"onlyCopy":[]}}]}',
  down: '{"ok":true,"lost":[]}',
};

let release: Release;
let seconds = 0;
beforeEach(async () => {
  await world.reset();
  seconds = 10;
  const registered = await leadToRegistered(world);
  const pending = [{ plugin: 'catalog', migrations: ['1.js'] }];
  release = { ...registered, schema: { ...registered.schema, changes: true, pending } };
});

/** Lets the task that is open end well: a tool with exit code 0, a serving task by being there. */
function progress(open: RehearsalTaskName, printed = outputs): void {
  for (const task of world.state.tasks.filter(({ lastStatus }) => lastStatus === 'PENDING')) {
    if (open in outputs || open === 'migrate' || open === 'drop')
      Object.assign(task, { lastStatus: 'STOPPED', exitCode: 0 });
    else task.lastStatus = 'RUNNING';
  }
  world.state.lines = [printed[open] ?? ''];
}

/** Goes on until this task is open, or to the end. */
async function until(name: RehearsalTaskName | null, printed = outputs): Promise<Release> {
  let now = await world.run(rehearse, release, seconds);
  for (let step = 0; now.wait !== null && step < 40; step += 1) {
    const open = now.rehearsal?.tasks.find(({ endedAt }) => endedAt === null)?.name;
    if (open === undefined) throw new Error('It waits for nothing.');
    if (open === name) return now;
    progress(open, printed);
    seconds += 3;
    now = await world.run(rehearse, now, seconds);
  }
  return now;
}

describe('a rehearsal of migrations', () => {
  test('tells verdict, rows, bytes and drift', async () => {
    const rehearsed = await until(null);
    expect(rehearsed).toMatchObject({
      wait: null,
      refusal: null,
      rehearsal: { verdict: 'coexists', rows: 12, bytes: 345, drift: ['catalog, only live: index i'], rowsLost: [] },
    });
    expect(rehearsed.rehearsal?.seconds).toBeGreaterThan(0);
  });

  test('runs all tasks in the sealed network with the role for it, and those that serve on the copy', async () => {
    await until(null);
    const runs = world.inputs('RunTask').map(({ overrides, networkConfiguration, taskDefinition }) => ({
      role: Object(overrides).taskRoleArn,
      groups: Object(networkConfiguration).awsvpcConfiguration.securityGroups,
      taskDefinition,
      ...Object(overrides).containerOverrides[0],
    }));
    expect(runs).toHaveLength(9);
    for (const run of runs) expect(run).toMatchObject({ role: shape.rehearsal?.taskRole, groups: ['sg-sealed'] });
    const onCopy = [{ name: 'DATABASE_PREFIX', value: scratch }];
    const told = runs.map(({ command, environment, taskDefinition }) => [taskDefinition, command?.[1], environment]);
    const [blue, green] = ['blue:2', release.revision];
    expect(told).toEqual([
      [blue, 'manifest', undefined],
      [blue, 'copy', undefined],
      [blue, undefined, onCopy],
      [green, 'up', onCopy],
      [green, undefined, onCopy],
      [blue, undefined, onCopy],
      [green, 'down', onCopy],
      [blue, undefined, onCopy],
      [green, 'drop', undefined],
    ]);
  });

  test('copies under a prefix of its own, and drops what any release of the service has left', async () => {
    await until(null);
    const commands = world.inputs('RunTask').map(({ overrides }) => Object(overrides).containerOverrides[0].command);
    expect(commands).toContainEqual(['schema', 'copy', scratch]);
    expect(commands).toContainEqual(['schema', 'drop', serviceScratch('local', 'trucks')]);
    expect(scratch.startsWith(serviceScratch('local', 'trucks'))).toBe(true);
    expect(scratch).toMatch(/^[a-z][a-z0-9_]{2,28}$/);
  });

  test('takes the migrations back to the old image’s manifest of the plugins that change', async () => {
    const { schema } = await until('down');
    const manifest = JSON.parse(gunzipSync(Buffer.from(schema.blueManifest ?? '', 'base64')).toString());
    expect(manifest.plugins).toEqual([{ plugin: 'catalog', sets: [] }]);
  });

  test('takes nothing back that the database had before the release', async () => {
    const applied = [{ plugin: 'catalog', table: 'knex_migrations', migrations: ['0.js', 'of-an-earlier-release.js'] }];
    release = { ...release, schema: { ...release.schema, applied } };
    const sets = [{ table: 'knex_migrations', migrations: ['0.js'] }];
    const manifest = JSON.stringify({ plugins: [{ plugin: 'catalog', sets }] });
    const { schema } = await until('down', { ...outputs, manifest });
    const packed = JSON.parse(gunzipSync(Buffer.from(schema.blueManifest ?? '', 'base64')).toString());
    expect(packed.plugins[0].sets[0].migrations).toEqual(['0.js', 'of-an-earlier-release.js']);
  });

  test('takes nothing back where the manifest is longer than a command may be', async () => {
    const names = Array.from({ length: 800 }, (_, index) => `${randomUUID()}_${index}.js`);
    const plugins = [{ plugin: 'catalog', sets: [{ migrations: names }] }];
    const now = await until(null, { ...outputs, manifest: JSON.stringify({ plugins }) });
    expect(now).toMatchObject({
      refusal: null,
      schema: { blueManifest: null },
      rehearsal: { verdict: 'coexists', truthTable: { downWorks: null } },
    });
    expect(now.rehearsal?.reason).toContain('has room for 7000');
  });

  test('starts nothing twice, though every answer is lost once', async () => {
    for (const name of ['copy', 'green', 'down', 'drop'] as const) {
      const now = await until(name);
      const before = world.state.tasks.length;
      await world.run(rehearse, now, seconds);
      expect(world.state.tasks).toHaveLength(before);
    }
  });

  test('stops the old and the new task before the old one is started again, and all before the copy is dropped', async () => {
    await until('restarted-blue');
    expect(world.state.tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')).toEqual([]);
    await until('drop');
    expect(world.state.tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')).toEqual([]);
  });

  test('asks the running old task again once the new one works', async () => {
    const now = await until('restarted-blue');
    const [blue, running] = [
      taskOf(now.rehearsal ?? never(), 'blue'),
      taskOf(now.rehearsal ?? never(), 'running-blue'),
    ];
    expect(running?.task).toBe(blue?.task);
    expect(running).toMatchObject({ ok: true, probes: 1 });
  });

  test('drops the copy when the new version does not answer, and then refuses', async () => {
    const now = await until('green');
    world.state.answers = { green: 'bad' };
    for (const task of world.state.tasks) if (task.lastStatus === 'PENDING') task.lastStatus = 'RUNNING';
    seconds += 300;
    const dropping = await world.run(rehearse, now, seconds);
    expect(dropping.rehearsal?.tasks.at(-1)?.name).toBe('drop');
    progress('drop');
    expect(await world.run(rehearse, dropping, seconds + 5)).toMatchObject({
      refusal: expect.stringContaining('does not work on a copy'),
      rehearsal: { verdict: 'broken' },
    });
  });
});

test('a service that cannot copy is checked as it serves, and its migrations count as irreversible', async () => {
  const schemaTool = description.schemaTool && { ...description.schemaTool, copy: null, down: null };
  release = { ...release, description: { ...description, schemaTool } };
  const now = await until(null);
  expect(now.refusal).toContain('Set allowIrreversible');
  expect(now.rehearsal).toMatchObject({
    verdict: 'irreversible',
    truthTable: null,
    limits: [expect.stringContaining('no commands that copy')],
  });
});

test('a rollback checks the version that it goes back to', async () => {
  release = { ...release, kind: 'rollback', schema: { ...release.schema, changes: false, pending: [] } };
  await until(null);
  expect(world.inputs('RunTask')).toMatchObject([{ taskDefinition: release.revision }]);
});

function never(): never {
  throw new Error('There is no rehearsal.');
}
