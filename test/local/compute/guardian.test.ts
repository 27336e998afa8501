import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';

const guardian = join(import.meta.dirname, '../../../local/compute/guardian.ts');

/** A stage that starts a process and a folder, tells their names, and then does as `end` says. */
async function stage(folder: string, end: string) {
  const script = `
    const { Guardian } = await import(${JSON.stringify(guardian)});
    const { spawn } = await import('node:child_process');
    const guardian = new Guardian();
    guardian.watchFolder(${JSON.stringify(folder)});
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    guardian.watchGroup(child.pid);
    process.stdout.write(String(child.pid) + '\\n');
    setInterval(() => {}, 1000);
    ${end}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const pid = await new Promise<number>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))),
  );
  return { kill: () => child.kill('SIGKILL'), ended, pid };
}

function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(condition: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 8000; waited += 20) {
    if (!condition()) return true;
    await sleep(20);
  }
  return false;
}

test('a stage that is killed leaves no process and no folder behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-test-'));
  const { kill, pid } = await stage(folder, '');
  expect(running(pid)).toBe(true);
  kill();
  expect(await gone(() => running(pid))).toBe(true);
  expect(await gone(() => existsSync(folder))).toBe(true);
});

test('what is gone before the stage ends is left alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-test-'));
  const { pid, ended } = await stage(
    folder,
    `guardian.gone(child.pid); guardian.removed(${JSON.stringify(folder)}); await guardian.close(); process.exit(0);`,
  );
  await ended;
  expect(running(pid)).toBe(true);
  expect(existsSync(folder)).toBe(true);
  rmdirSync(folder);
  process.kill(-pid, 'SIGKILL');
  expect(await gone(() => running(pid))).toBe(true);
});
