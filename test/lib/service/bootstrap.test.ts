import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { bootstrapCommand } from '../../../lib/service/bootstrap.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return address.port;
}

async function answer(url: string): Promise<Response> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      return await fetch(url);
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`Nothing answers at ${url}.`);
}

test('the bootstrap command answers 200 on every path at PORT, and ends when it is asked to', async () => {
  const port = await freePort();
  const [, ...rest] = bootstrapCommand;
  // A container has its own network; here the server must not be seen from outside.
  const loopback = join(import.meta.dirname, '..', '..', '..', 'local', 'compute', 'loopback.cjs');
  const bootstrap = spawn(process.execPath, ['--require', loopback, ...rest], {
    env: { PORT: String(port) },
    stdio: 'inherit',
  });
  const ended = once(bootstrap, 'exit');
  try {
    const { status } = await answer(`http://127.0.0.1:${port}/.backstage/health/v1/readiness`);
    expect(status).toBe(200);
    bootstrap.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    bootstrap.kill('SIGKILL');
  }
});
