import { randomUUID } from 'node:crypto';
import type { FunctionSandbox } from '../../../local/functions/functions.ts';
import { InProcessSandbox } from '../../../local/functions/in-process-sandbox.ts';
import type { Outcome, SandboxOptions } from '../../../local/functions/sandbox.ts';
import type { Disturber, InvocationRecord } from './disturber.ts';

/** One run of a function that a fault may do something to. */
export interface RunningInvocation {
  readonly record: InvocationRecord | null;
  /** Runs the function once more, from its beginning to its end, while this run stands still. */
  again(): Promise<void>;
  /** Lets the function run out of its time: the effect comes half a second after its end, and nobody hears of it. */
  outlast(effect: () => Promise<unknown>): Promise<never>;
}

const afterTheEndMs = 500;

/** A function in the stage's process, in stage time: no time passes while it works, unless a fault lets it. */
export class DisturbedSandbox implements FunctionSandbox {
  readonly #options: SandboxOptions;
  readonly #disturber: Disturber;
  #inner: InProcessSandbox;
  #folder: string;
  #current: RunningInvocation | null = null;
  #alive = true;

  constructor(options: SandboxOptions, disturber: Disturber) {
    this.#options = options;
    this.#disturber = disturber;
    this.#folder = disturber.folderOf(options.data);
    this.#inner = this.#load();
  }

  get alive(): boolean {
    return this.#alive;
  }

  async invoke(requestId: string, payload: string): Promise<Outcome> {
    const folder = this.#disturber.folderOf(this.#options.data);
    if (folder !== this.#folder) {
      this.#folder = folder;
      this.#inner = this.#load();
    }
    const { clock } = this.#disturber;
    const release = clock.hold();
    const { promise: timedOut, resolve: end } = Promise.withResolvers<Outcome>();
    const record = this.#disturber.begin(this.#options.data.functionName, payload);
    this.#current = {
      record,
      again: async () => {
        await new DisturbedSandbox(this.#options, this.#disturber).#unattended(payload);
      },
      outlast: (effect) => {
        release();
        const ms = this.#options.timeoutSeconds * 1000;
        clock.after(ms, () => {
          this.#alive = false;
          end(failure('Sandbox.Timedout', `Task timed out after ${this.#options.timeoutSeconds.toFixed(2)} seconds`));
        });
        clock.after(ms + afterTheEndMs, () => {
          const done = clock.hold();
          effect().then(done, done);
        });
        return new Promise<never>(() => undefined);
      },
    };
    try {
      const outcome = await Promise.race([this.#inner.invoke(requestId, payload), timedOut]);
      if (record !== null && outcome.kind === 'result') record.result = outcome.payload;
      return outcome;
    } finally {
      release();
    }
  }

  #load(): InProcessSandbox {
    return new InProcessSandbox({
      ...this.#options,
      data: { ...this.#options.data, folder: this.#folder },
      // A function that has run out of its time sends nothing more.
      send: (request) =>
        this.#alive ? this.#disturber.send(request, () => this.#current) : new Promise<never>(() => undefined),
    });
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** Nobody counts its calls, or disturbs them. */
  async #unattended(payload: string): Promise<void> {
    await this.#inner.invoke(randomUUID(), payload);
  }
}

function failure(errorType: string, errorMessage: string): Outcome {
  return { kind: 'error', payload: JSON.stringify({ errorType, errorMessage }) };
}
