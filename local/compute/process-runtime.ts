import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Image, ImageStore } from '../images/image-store.ts';
import type { AddressBook } from '../network/address-book.ts';
import { freePort } from './free-port.ts';
import type { Guardian } from './guardian.ts';
import type { RunningTask, TaskEvents, TaskRuntime, TaskSpec } from './runtime.ts';

const loopback = join(import.meta.dirname, 'loopback.cjs');

interface Task {
  readonly taskArn: string;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

export interface ProcessRuntimeOptions {
  readonly images: ImageStore;
  readonly addresses: AddressBook;
  readonly guardian: Guardian;
  /** Where each task gets a folder of its own, as home and for temporary files. */
  readonly folder: string;
  /** What only the stage knows (the URL at which a browser finds it): wins over the task definition. */
  readonly environment?: () => Readonly<Record<string, string>>;
}

/**
 * Runs each task as a process of this machine, in a process group of its own. The task listens on a
 * free loopback port that it finds in PORT; the address book maps its private address there.
 */
export class ProcessRuntime implements TaskRuntime {
  readonly #options: ProcessRuntimeOptions;
  readonly #tasks = new Set<Task>();
  #closed = false;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
  }

  /** Task processes that live at this moment, by the operating system's word. */
  alive(): { taskArn: string; pid: number }[] {
    return [...this.#tasks].flatMap(({ taskArn, child: { pid } }) =>
      pid !== undefined && exists(pid) ? [{ taskArn, pid }] : [],
    );
  }

  async start(spec: TaskSpec, events: TaskEvents): Promise<RunningTask> {
    const { addresses, guardian } = this.#options;
    const image = await this.#options.images.resolve(spec.image);
    const home = join(this.#options.folder, spec.taskArn.replace(/^.*\//, ''));
    await mkdir(home, { recursive: true });
    const port = spec.containerPort === undefined ? null : await freePort();
    if (this.#closed) throw new Error(`The stage has ended: ${spec.taskArn} is not started.`);

    const [program = '', ...parameters] = spec.command ?? image.command;
    const child = spawn(program, parameters, {
      cwd: image.cwd,
      detached: true,
      env: this.#environment(spec, image, home, port),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) guardian.watchGroup(pid);
    const forget =
      spec.containerPort === undefined || port === null
        ? () => {}
        : addresses.add(spec.privateIp, spec.containerPort, port);

    let startError: Error | null = null;
    let killed: NodeJS.Timeout | undefined;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const task: Task = { taskArn: spec.taskArn, child, ended };
    this.#tasks.add(task);

    const lines = [child.stdout, child.stderr].map((output) => readLines(output, (line) => events.log(line)));
    child.once('error', (error) => {
      startError ??= error;
    });
    child.once('spawn', () => events.running());
    child.once('exit', () => {
      forget();
      // What the container's first process started ends with it.
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
      // Whatever left the group and still holds the output must not keep the task from ending.
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, 1000).unref();
    });
    child.once('close', (code, signal) => {
      clearTimeout(killed);
      if (pid !== undefined) guardian.gone(pid);
      this.#tasks.delete(task);
      void Promise.all([...lines, rm(home, { recursive: true, force: true, maxRetries: 3 })])
        .catch((error: unknown) => events.log(`The task's folder was not removed: ${String(error)}`))
        .then(() => {
          events.exited(exitOf(code, signal, startError));
          end();
        });
    });

    return {
      stop: () => {
        if (killed || child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        killed = setTimeout(() => pid !== undefined && signalGroup(pid, 'SIGKILL'), spec.stopTimeoutSeconds * 1000);
      },
    };
  }

  /** Ends every task at once, without its stop time-out; nothing starts afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const tasks = [...this.#tasks];
    for (const { child } of tasks) if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    await Promise.all(tasks.map(({ ended }) => ended));
  }

  #environment(spec: TaskSpec, image: Image, home: string, port: number | null): Record<string, string> {
    const programs = [...image.path, dirname(process.execPath), process.env['PATH'] ?? ''];
    return {
      HOME: home,
      TMPDIR: home,
      ...image.env,
      ...spec.environment,
      ...this.#options.environment?.(),
      PATH: programs.join(delimiter),
      NODE_OPTIONS: `--require ${JSON.stringify(loopback)}`,
      ...(port === null ? {} : { PORT: String(port) }),
    };
  }
}

async function readLines(output: Readable | null, log: (line: string) => void): Promise<void> {
  if (!output) return;
  for await (const line of createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY })) log(line);
}

/** A container ended by a signal has 128 plus its number as exit code: 137 for SIGKILL, 143 for SIGTERM. */
function exitOf(code: number | null, signal: NodeJS.Signals | null, startError: Error | null) {
  if (startError) return { code: null, reason: `CannotStartContainerError: ${startError.message}` };
  const exitCode = code ?? (signal ? 128 + constants.signals[signal] : null);
  return { code: exitCode, reason: signal ? `ended by ${signal}` : `ended with exit code ${exitCode}` };
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // The group has ended already.
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
