import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export interface SideStage {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the stage that stands beside LocalStack as a process of its own; it ends with this one. */
export async function startSideStage(): Promise<SideStage> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../localstack/stage.ts')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error('The stage could not be started.');
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const first = new Promise<string>((resolve) => createInterface({ input: stdout }).once('line', resolve));
  const line = await Promise.race([first, ended]);
  if (typeof line !== 'string') throw new Error(`The stage ended with exit code ${line}.`);
  const { endpoint } = z.object({ endpoint: z.string() }).parse(JSON.parse(line));
  return { endpoint, pid, stop };
}
