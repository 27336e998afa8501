import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Cell } from './play.ts';
import type { Verdict } from './player.ts';

/** Plays all cells in so many processes, each of which takes the next one when it is done. */
export async function playAll(
  cells: readonly Cell[],
  processes: number,
  assemblyFolder: string,
  told: (verdict: Verdict) => void,
): Promise<void> {
  const left = [...cells];
  const children: ChildProcess[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(join(import.meta.dirname, 'worker.ts'), [assemblyFolder]);
      children.push(child);
      const next = (): void => {
        const cell = left.shift();
        if (cell === undefined) resolve();
        else child.send(cell);
      };
      child.on('message', (verdict: Verdict) => {
        told(verdict);
        next();
      });
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`A worker ended with code ${code}.`)));
      next();
    });
  try {
    await Promise.all(Array.from({ length: processes }, work));
  } finally {
    for (const child of children) child.removeAllListeners('exit').kill();
  }
}
