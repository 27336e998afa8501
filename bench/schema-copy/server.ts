import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../local/compute/free-port.ts';
import type { Guardian } from '../../local/compute/guardian.ts';
import { postgresBinaries, postgresOwner } from '../../local/postgres/binaries.ts';

export interface BenchServer {
  readonly port: number;
  /** Of the server, in words. */
  readonly version: string;
  /** Folder of pg_dump and pg_restore; null when the machine has none that this server understands. */
  readonly clients: string | null;
  stop(): Promise<void>;
}

const majors = ['17', '18', '16', '15'];
const system = (major: string) => join('/usr/lib/postgresql', major, 'bin');
const has = (folder: string, ...programs: string[]) => programs.every((program) => existsSync(join(folder, program)));

/**
 * Which server and which clients: pg_dump serves no server that is newer than itself, so that without one of 17 the
 * server is that of the machine's own PostgreSQL, for both sides of the comparison.
 */
function choose(packaged: string): { readonly server: string; readonly clients: string | null } {
  const clients = majors.map(system).find((folder) => has(folder, 'pg_dump', 'pg_restore'));
  if (clients === undefined) return { server: packaged, clients: null };
  const isNewEnough = Number(/\/(\d+)\/bin$/.exec(clients)?.[1]) >= 17;
  if (isNewEnough) return { server: packaged, clients };
  return has(clients, 'initdb', 'postgres') ? { server: clients, clients } : { server: packaged, clients: null };
}

/** Durable, as a database that serves is: nothing is made faster than it is. */
export async function startBenchServer(folder: string, guardian: Guardian): Promise<BenchServer> {
  const owner = postgresOwner();
  const packaged = join(postgresBinaries(owner, join(folder, 'binaries')), 'bin');
  const { server: programs, clients } = choose(packaged);
  const data = join(folder, 'data');
  mkdirSync(data);
  if (owner) chownSync(data, owner.uid, owner.gid);
  const options = { ...owner, cwd: data, env: { PATH: process.env['PATH'] } };
  const initialise = ['-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const { status, stderr } = spawnSync(join(programs, 'initdb'), initialise, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`initdb ended with ${status}: ${stderr}`);

  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=256MB',
    'max_wal_size=4GB',
  ];
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (server.pid !== undefined) guardian.watchServer(server.pid);
  await new Promise<void>((resolve, reject) => {
    let told = '';
    server.stderr.on('data', (chunk: Buffer) => {
      told = `${told}${chunk.toString()}`.slice(-10_000);
      if (told.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with exit code ${code}: ${told}`)));
  });
  const version = spawnSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout.trim();
  return {
    port,
    version,
    clients,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGQUIT');
      await ended;
      if (server.pid !== undefined) guardian.gone(server.pid);
    },
  };
}
