import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { stageAssembly } from '../local/stage-assembly.ts';
import { say } from './stage.ts';

jest.setTimeout(60_000);

let stage: VirtualStage;

beforeAll(async () => {
  stage = await openVirtualStage(stageAssembly());
  stage.push('1.0.0', 'good');
  await say(stage, ['start', 'backstage', '1.0.0', '--policy', 'hotfix', '--wait']);
  stage.push('1.1.0', 'good');
}, 120_000);

afterAll(() => stage.close());

describe('approve', () => {
  test('lets users in once the new version is judged good, and not before', async () => {
    await say(stage, ['start', 'backstage', '1.1.0', '--approval', '--policy', 'hotfix', '--name', 'asks']);
    await stage.clock.advance(20_000);
    const early = await say(stage, ['approve', 'asks']);
    expect(early).toMatchObject({ status: 3, stderr: expect.stringContaining('cannot be approved yet') });
    await stage.clock.advance(120_000);
    const shown = await say(stage, ['watch', 'asks'], { interruptAt: 'waits for somebody to approve it' });
    expect(shown.status).toBe(130);
    const told = await say(stage, ['approve', 'asks', '--by', 'ada', '--reason', 'Looked at it', '--wait']);
    expect(told.stdout).toContain('asks is told: approved by ada. It acts on that at its next look.');
    expect(told.stdout).toContain('✓ released');
    expect(told.status).toBe(0);
  });

  test('of what has ended, or is unknown, is refused', async () => {
    expect((await say(stage, ['approve', 'asks'])).stderr).toContain('asks runs no more, and listens to nobody');
    expect((await say(stage, ['approve', 'nobody'])).stderr).toContain('has no release nobody');
  });
});

describe('cancel', () => {
  test('needs a reason', async () => {
    expect(await say(stage, ['cancel', 'x'])).toMatchObject({ status: 3, stderr: expect.stringContaining('--reason') });
  });

  test('takes a release back that has moved users, once, whoever says it first', async () => {
    stage.push('1.2.0', 'good');
    await say(stage, ['start', 'backstage', '1.2.0', '--name', 'moving', '--wait'], { interruptAt: 'shifting' });
    const approved = await say(stage, ['approve', 'moving']);
    expect(approved.stderr).toContain('asks for no approval');
    await say(stage, ['cancel', 'moving', '--reason', 'Wrong image', '--by', 'ada']);
    const again = await say(stage, ['cancel', 'moving', '--reason', 'Me too', '--by', 'grace', '--wait']);
    expect(again.stdout).toContain('moving was cancelled by ada at 2026-01-05');
    expect(again.stdout).toMatch(/↩ rolled-back after .*\n +Cancelled by ada: Wrong image\./);
    expect(again.status).toBe(1);
  });
});

describe('rollback', () => {
  test('needs a reason', async () => {
    const { status, stderr } = await say(stage, ['rollback', 'backstage']);
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining('rollback needs a --reason') });
  });

  test('brings the version before back, and tells as much', async () => {
    const { status, stdout } = await say(stage, [
      'rollback',
      'backstage',
      '--to',
      '1.0.0',
      '--reason',
      'Empty',
      '--wait',
      '--name',
      'back',
    ]);
    expect(stdout).toContain('back started: backstage back to 1.0.0');
    expect(stdout).toContain('users have the known-good version');
    expect(status).toBe(0);
    const { stdout: told } = await say(stage, ['history', 'backstage', '--limit', '1']);
    expect(told).toMatch(/ 1\.0\.0 +rollback +administrator +\d+:\d\d +released +back /);
  });

  test('with nothing to do ends well, too', async () => {
    const { status, stdout } = await say(stage, [
      'rollback',
      'backstage',
      '--to',
      '1.0.0',
      '--reason',
      'Twice',
      '--wait',
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('✓ unchanged') });
  });
});

describe('plan and rehearse ship nothing:', () => {
  test('plan tells the pending migrations and how it would go', async () => {
    stage.push('2.0.0', 'good', { catalog: ['20260101_a.js'] });
    const { status, stdout } = await say(stage, ['plan', 'backstage', '2.0.0']);
    expect(stdout).toContain('✓ planned');
    expect(stdout).toContain('catalog: 20260101_a.js');
    expect(status).toBe(0);
  });

  test('rehearse tells whether there is a way back', async () => {
    const { status, stdout } = await say(stage, ['rehearse', 'backstage', '1.1.0']);
    expect(stdout).toContain('✓ rehearsed');
    expect(stdout).toMatch(/Rehearsal +neutral/);
    expect(status).toBe(0);
  });
});
