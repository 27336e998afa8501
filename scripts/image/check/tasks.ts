import { setTimeout as sleep } from 'node:timers/promises';
import type { Contained, Started } from './container.ts';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** The last line that is JSON, as the workflow reads it; null when there is none. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** Runs a command to its end, as a one-off task does. */
export async function runTask(
  contained: Contained,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Ended> {
  const task = new Task(contained.start(command, env));
  const code = await task.ended(timeoutMs);
  if (code === 'running') await task.kill();
  return { code: code === 'running' ? null : code, output: task.output, json: lastJson(task.output) };
}

/** One process of the image, and what it says. */
export class Task {
  readonly #started: Started;
  readonly #ended: Promise<number | null>;
  output = '';

  constructor(started: Started) {
    this.#started = started;
    const { child } = started;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output = `${this.output}${chunk.toString()}`.slice(-200_000);
      });
    }
    this.#ended = new Promise((resolve) => {
      child.once('close', (code) => resolve(code));
      child.once('error', (error) => {
        this.output += error.message;
        resolve(null);
      });
    });
  }

  /** @returns its exit code, or that it still runs after this time */
  ended(withinMs: number): Promise<number | null | 'running'> {
    const waiting = new AbortController();
    const timeout = sleep(withinMs, 'running' as const, { signal: waiting.signal }).catch(() => 'running' as const);
    return Promise.race([this.#ended, timeout]).finally(() => waiting.abort());
  }

  stop(): void {
    this.#started.child.kill('SIGTERM');
  }

  /** @throws ImageError when it may have outlived that */
  async kill(): Promise<void> {
    if ((await this.ended(0)) !== 'running') return;
    await this.#started.kill();
    await this.#ended;
  }
}

function lastJson(output: string): Readonly<Record<string, unknown>> | null {
  for (const line of output.split('\n').toReversed()) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && 'ok' in value) return { ...value };
    } catch {
      // No JSON: what a process logs beside its report.
    }
  }
  return null;
}
