import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../../local/compute/free-port.ts';
import type { Guardian } from '../../local/compute/guardian.ts';
import type { AppFolder } from './app-folder.ts';

/** What every process of an app gets: where its databases are, and where entities are read from. */
export type Surroundings = Readonly<Record<string, string>>;

export interface Works {
  readonly works: boolean;
  /** Why it does not; else how long its probe took. */
  readonly detail: string;
}

const bootMs = 120_000;
const probeSchema = z.object({
  ok: z.boolean(),
  ms: z.number(),
  stage: z.string().optional(),
  reason: z.string().optional(),
});

/** One task of one release, which serves and never migrates. */
export class Backend {
  readonly #child: ChildProcess;
  readonly #guardian: Guardian;
  readonly #token: string;
  readonly url: string;
  #log = '';

  static async start(app: AppFolder, surroundings: Surroundings, guardian: Guardian): Promise<Backend> {
    return new Backend(app, surroundings, await freePort(), guardian);
  }

  private constructor(app: AppFolder, surroundings: Surroundings, port: number, guardian: Guardian) {
    this.url = `http://127.0.0.1:${port}`;
    this.#token = surroundings['PROBER_TOKEN'] ?? '';
    this.#guardian = guardian;
    const parameters = [
      'packages/backend/index.js',
      '--config',
      'app-config.yaml',
      '--config',
      'app-config.serving.yaml',
    ];
    this.#child = spawn('node', parameters, {
      cwd: app.folder,
      env: { ...process.env, ...surroundings, PORT: String(port), APP_VERSION: app.release, NODE_ENV: 'production' },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.#child.pid !== undefined) guardian.watchGroup(this.#child.pid);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log = `${this.#log}${chunk.toString()}`.slice(-20_000);
      });
    }
  }

  /** Boots, gets ready, and comes through its own probe: readiness alone has been seen to lie. */
  async works(): Promise<Works> {
    const complaint = await this.#notReady();
    if (complaint !== null) return { works: false, detail: complaint };
    try {
      const answer = await this.call('POST', '/api/understudy/probe', 60_000);
      const result = probeSchema.parse(await answer.json());
      if (result.ok) return { works: true, detail: `wrote and read back in ${result.ms} ms` };
      return { works: false, detail: `${result.stage}: ${result.reason}` };
    } catch (error) {
      return {
        works: false,
        detail: `its probe does not answer: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }

  call(method: string, path: string, timeoutMs = 10_000, body?: unknown): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async stop(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      const killed = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(killed);
    }
    this.#guardian.gone(pid);
  }

  /** @returns null when it is ready */
  async #notReady(): Promise<string | null> {
    const giveUpAt = performance.now() + bootMs;
    let last = 'no answer';
    while (performance.now() < giveUpAt) {
      if (this.#child.exitCode !== null) return `it ended with ${this.#child.exitCode}: ${this.#lastError()}`;
      try {
        const answer = await this.call('GET', '/.backstage/health/v1/readiness', 3000);
        if (answer.ok) return null;
        last = `readiness ${answer.status}`;
      } catch {
        last = 'no answer';
      }
      await sleep(300);
    }
    return `not ready within ${bootMs / 1000} s (${last}): ${this.#lastError()}`;
  }

  #lastError(): string {
    const lines = this.#log.split('\n');
    return (lines.find((line) => /error|missing|cannot/i.test(line)) ?? lines.at(-2) ?? '').slice(0, 400);
  }
}
