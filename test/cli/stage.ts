import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { main } from '../../cli/main.ts';
import type { VirtualStage } from '../../local/simulation/virtual-stage.ts';

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Presses Ctrl-C once this is written. */
  readonly interruptAt?: string;
}

/** Stage time between two looks of a command. */
const stepMs = 5000;

/**
 * Runs a command in this process against the stage's endpoint. Whenever the command sleeps, stage time
 * passes: so it sees every change.
 */
export async function say(stage: VirtualStage, words: readonly string[], terminal: Terminal = {}): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const interrupted = new AbortController();
  const status = await main([...words, '--endpoint', stage.cloud.endpointUrl], {
    stdout: {
      write: (text) => {
        said.stdout += text;
        if (terminal.interruptAt !== undefined && text.includes(terminal.interruptAt)) interrupted.abort();
      },
      isTTY: terminal.isTTY ?? false,
      columns: terminal.columns ?? 120,
      rows: 40,
    },
    stderr: {
      write: (text) => {
        said.stderr += text;
      },
    },
    env: terminal.env ?? {},
    now: () => stage.clock.now(),
    sleep: () => stage.clock.advance(stepMs),
    interrupted: interrupted.signal,
  });
  return { status, ...said };
}

/** Runs a command as a process of its own, while stage time passes. */
export async function spawned(stage: VirtualStage, ...words: string[]): Promise<Said> {
  const script = join(import.meta.dirname, '../../bin/release.ts');
  const child = spawn(process.execPath, [script, ...words, '--endpoint', stage.cloud.endpointUrl], {
    env: { PATH: process.env['PATH'] },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const status = new Promise<number | null>((resolve) => child.once('close', resolve));
  // Stage time passes as long as the command lives.
  while (child.exitCode === null && child.signalCode === null) {
    await stage.clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { status: await status, ...said };
}
