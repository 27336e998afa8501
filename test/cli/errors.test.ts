import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { main } from '../../cli/main.ts';
import { close, listen } from '../../local/network/listening.ts';

let server: Server | null = null;

afterEach(async () => {
  if (server !== null) await close(server, 0);
  server = null;
});

/** Something at a port that answers every call with one error, as AWS words it. */
async function answering(status: number, type: string, message: string): Promise<string> {
  server = createServer((request, response) => {
    request.resume();
    const query = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const xml = `<ErrorResponse><Error><Code>${type}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    response.writeHead(status, { 'content-type': query ? 'text/xml' : 'application/x-amz-json-1.0' });
    response.end(query ? xml : JSON.stringify({ __type: type, message }));
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

async function run(words: readonly string[], env: Record<string, string> = {}) {
  const said = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTTY: false,
    columns: 80,
    rows: 24,
  });
  const status = await main(words, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    now: () => 0,
    sleep: () => Promise.resolve(),
    interrupted: new AbortController().signal,
  });
  return { status, ...said };
}

describe('what goes wrong is told in words, with what mends it:', () => {
  test.each([
    [400, 'ExpiredTokenException', 'The security token included in the request is expired', 'Sign in again'],
    [403, 'UnrecognizedClientException', 'The security token is invalid', 'does not accept the credentials'],
    [403, 'AccessDeniedException', 'ada may not ssm:GetParametersByPath', 'may not do that: ada may not ssm:Get'],
    [400, 'ThrottlingException', 'Rate exceeded', 'Try again in a minute'],
    [400, 'ValidationException', 'No such thing', 'answered with ValidationException: No such thing'],
  ])('%i %s', async (status, type, message, words) => {
    const endpoint = await answering(status, type, message);
    const said = await run(['status', '--endpoint', endpoint]);
    expect(said).toMatchObject({ status: 3, stdout: '', stderr: expect.stringContaining(words) });
    expect(said.stderr).not.toMatch(/\n\s+at /);
  });

  test('nothing listens there', async () => {
    const gone = createServer();
    const port = await listen(gone);
    await close(gone, 0);
    // In a process of its own: Jest's errors of the network are not those of the language that the SDK sees.
    const script = join(import.meta.dirname, '../../bin/release.ts');
    const { status, stderr } = spawnSync(
      process.execPath,
      [script, 'status', '--endpoint', `http://127.0.0.1:${port}`],
      { encoding: 'utf8' },
    );
    expect(stderr).toContain(`http://127.0.0.1:${port} cannot be reached (ECONNREFUSED). Does the stage run there?`);
    expect(status).toBe(3);
  });

  test('no such command, no such option, too few words', async () => {
    expect((await run(['ship'])).stderr).toContain('There is no command "ship". There are: start, plan,');
    expect((await run(['status', '--loud'])).stderr).toContain("Unknown option '--loud'. status takes: --environment");
    expect((await run(['start', 'backstage'])).stderr).toContain('start takes SERVICE IMAGE; given: backstage.');
    expect((await run(['history', 'backstage'])).stderr).toContain('Which environment?');
  });
});

describe('help', () => {
  test('of the whole names every command and the exit codes', async () => {
    const { status, stdout } = await run(['--help']);
    expect(status).toBe(0);
    for (const name of ['start', 'plan', 'rehearse', 'approve', 'cancel', 'rollback', 'status', 'history', 'watch']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(stdout).toContain('1  rolled back');
  });

  test.each(['start', 'plan', 'rehearse', 'approve', 'cancel', 'rollback', 'status', 'history', 'watch'])(
    'of %s has an example and needs nothing else',
    async (name) => {
      const { status, stdout } = await run([name, '--help']);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples\n  # .+\n  npm run release -- ${name}`));
      expect(stdout).toContain('Exit codes');
    },
  );
});
