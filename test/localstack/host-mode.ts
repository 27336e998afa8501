import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import dynalite from 'dynalite';
import { z } from 'zod';
import { freePort } from '../../local/compute/free-port.ts';
import { Guardian } from '../../local/compute/guardian.ts';

export interface LocalStack {
  readonly endpoint: string;
  readonly version: string;
  /** Pid of the server, which leads a process group of its own. */
  readonly pid: number;
  stop(): Promise<void>;
}

const startSeconds = 90;

/**
 * Starts LocalStack as a process, without Docker: functions run in Node processes, and dynalite is its DynamoDB.
 *
 * @param python of the virtual environment
 * @param folder for everything that it writes
 * @param mockConfig file with answers that Step Functions takes instead of calling a service, by state
 *   (https://docs.localstack.cloud/aws/services/stepfunctions/#mocked-service-integrations)
 */
export async function startLocalStack(python: string, folder: string, mockConfig: string): Promise<LocalStack> {
  const guardian = new Guardian();
  const tables = await startDynamoDb();
  const port = await freePort();
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  const logFile = join(folder, 'localstack.log');
  const child = spawn(python, ['-m', 'localstack.runtime.main'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: join(folder, 'home'),
      TMPDIR: join(folder, 'tmp'),
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      LAMBDA_RUNTIME_EXECUTOR: 'node',
      DYNAMODB_ELSEWHERE_PORT: String(tables.port),
      // The newer engine asks LocalStack's server which types it supports.
      PROVIDER_OVERRIDE_CLOUDFORMATION: 'engine-legacy',
      CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '0',
      SFN_MOCK_CONFIG: mockConfig,
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
      DNS_ADDRESS: '0',
    },
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  if (child.pid === undefined) throw new Error(`${python} could not be started.`);
  const { pid } = child;
  guardian.watchGroup(pid);
  const stop = async () => {
    await end(child, pid);
    guardian.gone(pid);
    tables.server.close();
    tables.server.closeAllConnections();
    await guardian.close();
  };
  try {
    const endpoint = `http://127.0.0.1:${port}`;
    const version = await ready(endpoint, child);
    return { endpoint, version, pid, stop };
  } catch (error) {
    await stop();
    throw new Error(`LocalStack did not start: ${readFileSync(logFile, 'utf8').slice(-2000)}`, { cause: error });
  }
}

async function startDynamoDb(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = dynalite({ createTableMs: 0 });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, port };
}

/** @returns its version */
async function ready(endpoint: string, child: ChildProcess): Promise<string> {
  const deadline = performance.now() + startSeconds * 1000;
  while (performance.now() < deadline && child.exitCode === null) {
    try {
      const answer = await fetch(`${endpoint}/_localstack/health`);
      return z.object({ version: z.string() }).parse(await answer.json()).version;
    } catch {
      await sleep(500);
    }
  }
  throw new Error(child.exitCode === null ? `Not ready within ${startSeconds} s.` : `Exit code ${child.exitCode}.`);
}

/** Its functions are processes of the same group. */
async function end(child: ChildProcess, pid: number): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(15_000)]);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended by itself.
  }
  await ended;
}
