import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { GuardianMessage } from './guardian-process.ts';

/**
 * Sees to it that processes and folders of the stage do not outlive it, even when it is killed.
 * Everything that the stage starts or creates is registered here, and released when it is gone.
 */
export class Guardian {
  readonly #child: ChildProcess;

  constructor() {
    // Its own session: the terminal's Ctrl-C must not end it before the stage.
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'guardian-process.ts')], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#child.unref();
    this.#child.stdin?.on('error', () => {});
  }

  /** A process group, named by its leader's pid: ended with SIGKILL. */
  watchGroup(pid: number): void {
    this.#tell({ kind: 'group', pid });
  }

  /** A server that cleans up after itself on SIGQUIT, as PostgreSQL does. */
  watchServer(pid: number): void {
    this.#tell({ kind: 'server', pid });
  }

  gone(pid: number): void {
    this.#tell({ kind: 'gone', pid });
  }

  watchFolder(path: string): void {
    this.#tell({ kind: 'folder', path });
  }

  removed(path: string): void {
    this.#tell({ kind: 'removed', path });
  }

  /** Lets it do what is left on its list, and end. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
    this.#child.ref();
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    await ended;
  }

  #tell(message: GuardianMessage): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
