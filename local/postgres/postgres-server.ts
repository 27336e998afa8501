import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../compute/free-port.ts';
import type { Guardian } from '../compute/guardian.ts';
import { type Owner, postgresBinaries, postgresOwner } from './binaries.ts';

const superuser = 'rdsadmin';
const password = 'on-a-laptop-only';

/**
 * Nothing has to survive the machine's crash, so nothing is flushed to disk: tests of data safety do not
 * belong on this server. It listens on 127.0.0.1 only, without a socket in the file system.
 */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  dynamic_shared_memory_type: 'mmap',
  // Two versions of Backstage, one-off tasks and the schema tool: about 20 connections each.
  max_connections: '200',
};

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  /** As PostgreSQL tells it: `17.10`. */
  readonly version: string;
  /** Runs as the superuser, in the given database or the one that is always there. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/**
 * Starts an empty PostgreSQL on a free port.
 * @param folder must exist and be reachable for every user (not under /root); the server's data goes there
 */
export async function startPostgres(folder: string, guardian: Guardian): Promise<PostgresServer> {
  const owner = postgresOwner();
  const binaries = postgresBinaries(owner, join(folder, 'binaries'));
  const data = join(folder, 'data');
  mkdirSync(data);
  if (owner) chownSync(data, owner.uid, owner.gid);
  await initialise(binaries, data, owner, folder);

  const port = await freePort();
  const server = spawn(
    join(binaries, 'bin', 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // Its own session: the terminal's Ctrl-C must not end it before the stage does.
    { ...owner, cwd: data, detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] } },
  );
  const { pid } = server;
  if (pid !== undefined) guardian.watchServer(pid);
  await ready(server);

  const connection = { host: '127.0.0.1', port, user: superuser, password, database: 'postgres' };
  const query = async (sql: string, database = connection.database) => {
    const client = new Client({ ...connection, database });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const [row] = await query('SHOW server_version');
  return {
    host: connection.host,
    port,
    version: String(row?.['server_version']).replace(/ .*$/, ''),
    query,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // Immediate shutdown: the data is thrown away with the folder.
      server.kill('SIGQUIT');
      await ended;
      if (pid !== undefined) guardian.gone(pid);
    },
  };
}

function initialise(binaries: string, data: string, owner: Owner | null, folder: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (owner) chownSync(passwordFile, owner.uid, owner.gid);
  else chmodSync(passwordFile, 0o600);
  const child = spawn(
    join(binaries, 'bin', 'initdb'),
    [
      `--pgdata=${data}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same sort order on every machine, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    { ...owner, cwd: data, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] } },
  );
  return new Promise((resolve, reject) => {
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`initdb ended with exit code ${code}:\n${complaint.trim()}`)),
    );
  });
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      // Later lines (every failed query is one) are read, so that the pipe never fills, and dropped.
      if (told.length < 10_000) told += chunk.toString();
      if (told.includes('database system is ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with exit code ${code}:\n${told.trim()}`)));
  });
}
