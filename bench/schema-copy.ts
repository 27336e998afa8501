import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism, constants, loadavg, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { Guardian } from '../local/compute/guardian.ts';
import { makeReachableFolder } from '../local/postgres/reachable-folder.ts';
import { Backstage } from './schema-copy/backstage.ts';
import { type Connection, fillCatalog } from './schema-copy/fill.ts';
import { type BenchServer, startBenchServer } from './schema-copy/server.ts';
import { percentile, perSecond, Users } from './schema-copy/users.ts';

// npm run bench:copy: how fast the schema tool copies a catalog with a million rows, beside pg_dump | pg_restore on
// the same server, what memory it takes, and what users of a real Backstage notice of it meanwhile. Quiet times and
// copies take turns, so that what else the machine does meets both. Where users are measured, the tool runs at the
// lowest priority, because in AWS it has a machine of its own; the server's processes, which work for it, do not.
const entities = Number(process.argv[2] ?? 59_000);
const [warmUpMs, quietMs] = [20_000, 20_000];
const rounds = 4;
const backstage = join(import.meta.dirname, '../backstage');
const source = 'backstage_plugin_catalog';

interface Ran {
  readonly seconds: number;
  readonly peakMb: number | null;
  readonly output: string;
}

/** Runs it to its end, and watches its memory where the system tells it (Linux). */
function run(
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
  { cwd, elsewhere = false }: { readonly cwd?: string; readonly elsewhere?: boolean } = {},
): Promise<Ran> {
  const startedAt = performance.now();
  const child = spawn(program, parameters, {
    ...(cwd ? { cwd } : {}),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (elsewhere && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let [output, complaint, peakMb] = ['', '', 0];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2000);
  });
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(child.pid ?? 0));
  }, 100);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(watch);
      const seconds = (performance.now() - startedAt) / 1000;
      if (code === 0) resolve({ seconds, peakMb: peakMb || null, output });
      else reject(new Error(`${program} ended with ${code}: ${complaint}${output}`));
    });
  });
}

function residentMb(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}

async function measure(server: BenchServer, guardian: Guardian): Promise<void> {
  const connection: Connection = { host: '127.0.0.1', port: server.port, user: 'bench' };
  const env = {
    POSTGRES_HOST: connection.host,
    POSTGRES_PORT: String(server.port),
    POSTGRES_USER: connection.user,
    POSTGRES_PASSWORD: 'none',
  };
  const tool = (command: readonly string[], elsewhere = false) =>
    run(process.execPath, ['packages/schema/bin/backstage-schema.js', ...command, '--json'], env, {
      cwd: backstage,
      elsewhere,
    });
  const [copy, drop] = [
    ['copy', '--prefix', 'scratch_bench_'],
    ['drop', '--prefix', 'scratch_bench_'],
  ] as const;
  await tool(['up']);
  const ofNothing = await tool(copy);
  await tool(drop);
  const rows = await fillCatalog(connection, source, entities);
  console.log(
    `${server.version}; ${rows} rows in the catalog's tables, ${Math.round((await size(connection)) / 1e6)} MB on disk`,
  );
  console.log(
    `${availableParallelism()} processors for server, Backstage, users and copy; load ${loadavg()[0]?.toFixed(2)} before it begins`,
  );

  const asked = await Backstage.start(backstage, env, guardian);
  const users = new Users((path) => asked.ask(path));
  users.start();
  await sleep(warmUpMs);
  const [quiet, busy, took]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    await sleep(2000);
    users.take();
    await sleep(quietMs);
    quiet.push(...users.take());
    took.push((await tool(copy, true)).seconds);
    busy.push(...users.take());
    await tool(drop, true);
  }
  await users.stop();
  await asked.stop();
  console.log(`users before a copy            ${told(quiet)}`);
  console.log(`users during a copy            ${told(busy)}`);
  const slower = percentile(busy, 99) / percentile(quiet, 99);
  console.log(`p99 during by before           ${slower.toFixed(2)} (at most 1.5)`);

  const alone = await tool(copy);
  const rate = (seconds: number) => `${(rows / seconds / 1000).toFixed(0)} thousand rows a second`;
  console.log(
    `backstage-schema copy          ${alone.seconds.toFixed(1)} s, ${rate(alone.seconds)}; with users ${took.map((seconds) => seconds.toFixed(1)).join(', ')} s`,
  );
  console.log(
    `its memory                     ${alone.peakMb} MB resident; ${ofNothing.peakMb} MB for an empty catalog`,
  );
  if (server.clients === null) {
    console.log('pg_dump | pg_restore           skipped: this machine has none that understands the server');
    return;
  }
  await tool(drop);
  const dumped = await dumpAndRestore(server, server.clients, connection);
  console.log(`pg_dump | pg_restore           ${dumped.toFixed(1)} s, ${rate(dumped)}`);
  const copied = secondsOf('catalog', alone.output);
  console.log(
    `the catalog's part of the copy ${copied.toFixed(1)} s, ${rate(copied)}; the rest starts the tool and makes ten more databases`,
  );
  console.log(`its throughput by theirs       ${(dumped / copied).toFixed(2)} (at least 0.5)`);
}

const reportSchema = z.object({ plugins: z.array(z.object({ plugin: z.string(), ms: z.number() })) });

function secondsOf(plugin: string, output: string): number {
  const { plugins } = reportSchema.parse(JSON.parse(output));
  const found = plugins.find((each) => each.plugin === plugin);
  if (found === undefined) throw new Error(`The copy's report has no plugin ${plugin}: ${output}`);
  return found.ms / 1000;
}

function told(latencies: readonly number[]): string {
  return `p50 ${percentile(latencies, 50).toFixed(1)} ms, p99 ${percentile(latencies, 99).toFixed(1)} ms of ${latencies.length} requests, ${perSecond} a second`;
}

async function dumpAndRestore({ port }: BenchServer, clients: string, connection: Connection): Promise<number> {
  const admin = new Client({ ...connection, database: 'postgres' });
  await admin.connect();
  await admin.query('create database dumped');
  await admin.end();
  const on = `-h 127.0.0.1 -p ${port} -U bench`;
  const command = `"${clients}/pg_dump" ${on} -Fc -Z0 ${source} | "${clients}/pg_restore" ${on} -d dumped --no-owner`;
  return (await run('sh', ['-c', command], {})).seconds;
}

async function size(connection: Connection): Promise<number> {
  const client = new Client({ ...connection, database: source });
  await client.connect();
  const { rows } = await client.query<{ size: string }>('select pg_database_size(current_database()) as size');
  await client.end();
  return Number(rows[0]?.size);
}

const guardian = new Guardian();
const folder = makeReachableFolder('understudy-bench-');
guardian.watchFolder(folder);
try {
  const server = await startBenchServer(folder, guardian);
  try {
    await measure(server, guardian);
  } finally {
    await server.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await guardian.close();
}
