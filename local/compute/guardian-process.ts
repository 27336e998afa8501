/**
 * Outlives the stage by a moment. The stage tells it on standard input what must not be left behind;
 * when that pipe closes, however the stage ended (SIGKILL too), it ends those processes and removes
 * those folders. A stage that ended cleanly has nothing left on the list.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** One line each. A process group is named by its leader's pid. */
export type GuardianMessage =
  | { readonly kind: 'group' | 'server' | 'gone'; readonly pid: number }
  | { readonly kind: 'folder' | 'removed'; readonly path: string };

const targets = new Map<number, { readonly id: number; readonly signal: NodeJS.Signals }>();
const folders = new Set<string>();

function exists(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

function send(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // Gone already.
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const message: GuardianMessage = JSON.parse(line);
  switch (message.kind) {
    case 'group':
      targets.set(message.pid, { id: -message.pid, signal: 'SIGKILL' });
      break;
    case 'server':
      targets.set(message.pid, { id: message.pid, signal: 'SIGQUIT' });
      break;
    case 'gone':
      targets.delete(message.pid);
      break;
    case 'folder':
      folders.add(message.path);
      break;
    case 'removed':
      folders.delete(message.path);
      break;
  }
}

for (const { id, signal } of targets.values()) send(id, signal);
for (let waited = 0; waited < 3000 && [...targets.values()].some(({ id }) => exists(id)); waited += 50) await sleep(50);
for (const { id } of targets.values()) send(id, 'SIGKILL');
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
