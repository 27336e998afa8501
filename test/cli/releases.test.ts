import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { stageAssembly } from '../local/stage-assembly.ts';
import { say, spawned } from './stage.ts';

// Whole releases, and processes of their own, on machines that have other work too.
jest.setTimeout(60_000);

let stage: VirtualStage;

beforeAll(async () => {
  stage = await openVirtualStage(stageAssembly());
}, 60_000);

afterAll(() => stage.close());

/** How a terminal is told to go back to the first line of a picture. */
const upAgain = new RegExp(`(${String.fromCodePoint(27)}\\[\\d+A)?\\r$`);

const json = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** An alarm that an earlier test set off is over by then, and a takeover is let in. */
const quiet = () => stage.clock.advance(900_000);

describe('a release, followed by a process of its own,', () => {
  test('that goes well ends with 0, and the first one is told of as of a bootstrapped service', async () => {
    stage.push('1.0.0', 'good');
    const before = await say(stage, ['status', 'backstage']);
    expect(before).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing yet: no release has ended well'),
    });
    const { status, stdout, stderr } = await spawned(stage, 'start', 'backstage', '1.0.0', '--wait', '--name', 'first');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('first started: backstage 1.0.0, sequence 1');
    expect(stdout).toMatch(/✓ released after \d+:\d\d: users have the new version/);
  });

  test('that is bad ends with 1', async () => {
    stage.push('1.1.0', 'errors');
    const { status, stdout } = await spawned(stage, 'start', 'backstage', '1.1.0', '--wait');
    expect(status).toBe(1);
    expect(stdout).toContain('↩ rolled-back after');
  });

  test('that is refused ends with 2', async () => {
    const { status, stdout } = await spawned(stage, 'start', 'backstage', 'no-such-tag', '--wait');
    expect(status).toBe(2);
    expect(stdout).toMatch(/✗ refused .*: nothing was changed\.\n.*has no image no-such-tag/);
  });

  test('that was asked for wrongly ends with 3, and is not started', async () => {
    const { status, stdout, stderr } = await spawned(stage, 'start', 'backstage', '1.0.0', '--sequence', 'last');
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('--sequence is "last"');
  });

  test('that somebody aborted ends with 4, and status says what to do', async () => {
    stage.push('1.2.0', 'good');
    await say(stage, ['start', 'backstage', '1.2.0', '--name', 'aborted']);
    await stage.clock.advance(20_000);
    const machine = stage.cloud.machines.machines().find(({ name }) => name === 'understudy-local-release');
    stage.cloud.machines.executions(machine?.arn ?? '')[0]?.stop('Somebody', 'at the console');
    const { status, stdout } = await spawned(stage, 'watch', 'aborted');
    expect(status).toBe(4);
    expect(stdout).toContain('was aborted. Somebody: at the console');
  });
});

describe('a release as machines follow it', () => {
  test('is a document for each change, and one for its end', async () => {
    await quiet();
    stage.push('1.3.0', 'good');
    const { status, stdout } = await say(stage, ['start', 'backstage', '1.3.0', '--wait', '--json', '--name', 'next']);
    expect(status).toBe(0);
    const [started, ...rest] = json(stdout);
    expect(started).toMatchObject({ type: 'started', release: 'next', request: { sequence: 2 } });
    expect(rest.at(-1)).toMatchObject({ type: 'ended', outcome: 'released', exitCode: 0, newPercent: 100 });
    const changes = rest.filter(({ type }) => type === 'change');
    expect(changes.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['judging', 'shifting', 'baking']));
    expect(changes.map(({ newPercent }) => newPercent)).toEqual(expect.arrayContaining([0, 10, 100]));
    expect(changes.find(({ phase }) => phase === 'baking')).toMatchObject({ bake: { totalSeconds: 120 } });

    const [told] = json((await say(stage, ['status', '--json'])).stdout);
    expect(told).toMatchObject({
      knownGood: { version: '1.3.0' },
      serving: { running: 1, desired: 1, shapePending: false },
      lock: null,
      running: null,
      scalingSuspended: false,
      attention: [],
    });
  });
});

describe('one id is one release:', () => {
  test('the same request again finds it, and how it ended', async () => {
    const again = ['start', 'backstage', '1.3.0', '--sequence', '2', '--name', 'next', '--wait'];
    expect(await say(stage, again)).toMatchObject({ status: 0, stdout: expect.stringContaining('was started before') });
  });

  test('another request under it is refused, and nothing is started', async () => {
    const { status, stderr } = await say(stage, ['start', 'backstage', '1.0.0', '--name', 'next']);
    expect(status).toBe(3);
    expect(stderr).toContain(
      'The id next belongs to another request, which has ended. Give this one a --name of its own',
    );
  });
});

describe('history', () => {
  test('lists what was released, by whom, and how it ended; the newest first', async () => {
    const { status, stdout } = await say(stage, ['history', 'backstage', '--limit', '2']);
    expect(status).toBe(0);
    const [head, newest, older, ...more] = stdout.trim().split('\n');
    expect(head).toMatch(/^opened +version +kind +by +took +outcome +id +reason$/);
    expect(newest).toMatch(/^2026-01-05 \d\d:\d\d +1\.3\.0 +feature +administrator +\d+:\d\d +released +next /);
    expect(older).toMatch(/ refused +aborted /);
    expect(more).toEqual([]);
  });

  test('of a service that is none names those that there are', async () => {
    const { status, stderr } = await say(stage, ['history', 'trucks']);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'The environment local has no service trucks. It has: backstage.\n',
    });
  });

  test('of an environment that is none names those that there are', async () => {
    const { status, stderr } = await say(stage, ['history', 'backstage', '--environment', 'staging']);
    expect(status).toBe(3);
    expect(stderr).toMatch(/There is no environment staging at http:.*; there are: local\./);
  });
});

describe('at a terminal', () => {
  test('Ctrl-C leaves the release running, and says how to come back', async () => {
    stage.push('1.4.0', 'good');
    const started = await say(stage, ['start', 'backstage', '1.4.0', '--wait', '--name', 'left'], {
      isTTY: true,
      interruptAt: 'judging',
    });
    expect(started.status).toBe(130);
    expect(started.stdout).toContain('▸ Observe   judging');
    expect(started.stderr).toContain(
      'left goes on without you. Come back: npm run release -- watch left --endpoint http',
    );
  });

  test('status tells where it is, and that its holding the lock is in order', async () => {
    const { status, stdout } = await say(stage, ['status']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/running +left \(1\.4\.0\) in Observe, judging, for \d:\d\d/);
    expect(stdout).toMatch(/lock +left, since/);
    expect(stdout).toMatch(/autoscaling +suspended/);
  });

  test('watch finds what runs, and draws a line for each state, never wider than the screen', async () => {
    const { status, stdout } = await say(stage, ['watch', 'left'], { isTTY: true, columns: 60 });
    expect(status).toBe(0);
    const frames = stdout.split('\u001B[J').map((frame) => frame.replace(upAgain, ''));
    const baking = frames.find((frame) => frame.includes('bake '));
    expect(baking).toMatch(/▸ Observe   baking\n +traffic +█{24} 100 % on the new v…\n +bake/);
    expect(baking).toMatch(/✓ Shift .*[^]*· Promote\n +· Close/);
    const [last = '', ...rest] = (frames.at(-1) ?? '').split('\n✓ ');
    expect(last).toMatch(/✓ Observe +\d:\d\d\n +✓ Promote/);
    expect(rest.join()).toContain('released after');
    const widths = frames.slice(0, -1).flatMap((frame) => frame.split('\n').map((line) => line.length));
    expect(Math.max(...widths)).toBeLessThan(60);
  });
});
