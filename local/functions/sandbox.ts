import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { get } from '../aws/iam/inputs.ts';
import type { InvocationMessage, SandboxData, SandboxMessage } from './messages.ts';

export type Outcome =
  | { readonly kind: 'result'; readonly payload: string }
  /** The handler threw, or the sandbox itself failed. */
  | { readonly kind: 'error'; readonly payload: string };

export interface SandboxOptions {
  readonly data: SandboxData;
  /** The function's environment: nothing of the stage's own process is in it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly log: (text: string) => void;
}

/**
 * One warm execution environment: a thread with an environment of its own. It takes one invocation at a time,
 * and is gone once it has crashed or run out of time.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #worker: Worker;
  #settle: ((outcome: Outcome) => void) | null = null;
  #alive = true;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#worker = new Worker(join(import.meta.dirname, 'sandbox-thread.ts'), {
      workerData: options.data,
      env: { ...options.environment },
      execArgv: [],
      // Threads of one process share its standard streams; a handler's output belongs to its log group.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: options.data.memoryMb },
    });
    this.#worker.on('message', (message: SandboxMessage) => {
      if (message.kind === 'log') options.log(message.text);
      else this.#finish(message);
    });
    this.#worker.on('error', (error: unknown) => {
      this.#alive = false;
      this.#finish(failure(...crash(error)));
    });
    this.#worker.on('exit', (code) => {
      this.#alive = false;
      this.#finish(failure('Runtime.ExitError', `Runtime exited with error: exit status ${code}`));
    });
    this.#worker.unref();
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Runs the handler once. The time-out is real time, and ends the sandbox.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   */
  async invoke(requestId: string, payload: string): Promise<Outcome> {
    const { timeoutSeconds } = this.#options;
    const timeoutMs = timeoutSeconds * 1000;
    const message: InvocationMessage = { requestId, payload, deadline: Date.now() + timeoutMs };
    const outcome = new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
    });
    const timer = setTimeout(() => {
      this.#alive = false;
      const text = `${new Date().toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      this.#finish(failure('Sandbox.Timedout', text));
    }, timeoutMs);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    this.#worker.postMessage(message);
    const settled = await outcome;
    clearTimeout(timer);
    if (!this.#alive) await this.close();
    return settled;
  }

  async close(): Promise<void> {
    this.#alive = false;
    await this.#worker.terminate();
  }

  #finish(outcome: Outcome): void {
    this.#settle?.(outcome);
    this.#settle = null;
  }
}

function failure(errorType: string, errorMessage: string): Outcome {
  return { kind: 'error', payload: JSON.stringify({ errorType, errorMessage }) };
}

function crash(error: unknown): [errorType: string, errorMessage: string] {
  const message = String(get(error, 'message') ?? error);
  return [get(error, 'code') === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError', message];
}
