import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { close, listen } from '../../../local/network/listening.ts';

function cli(...parameters: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../../local/tour/cli.ts'), ...parameters]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('close', (status) => resolve({ status, output }));
  });
}

describe('npm run local --', () => {
  test('--help and --list end with status 0', async () => {
    expect(await cli('--help')).toEqual({ status: 0, output: expect.stringContaining('--speed N') });
    expect(await cli('--list')).toEqual({ status: 0, output: expect.stringContaining('zombie') });
  });

  test('a wrong command line ends with status 2 and what is allowed', async () => {
    expect(await cli('--scenario', 'best')).toEqual({
      status: 2,
      output: expect.stringContaining('There is no scenario "best". There are: first,'),
    });
  });

  test('a taken port is told at once, before anything is started', async () => {
    const server = createServer();
    const port = await listen(server);
    const { status, output } = await cli('--port', String(port));
    await close(server, 0);
    expect(status).toBe(1);
    expect(output.trim()).toBe(
      `Port ${port} on 127.0.0.1 is taken. End what listens there, or name another one with --port.`,
    );
  });
});
