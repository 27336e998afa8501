import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import knexFactory, { type Knex } from 'knex';

const BIN = join(__dirname, '../../bin/backstage-schema.js');
let installations = 0;

export interface Run {
  readonly code: number | null;
  /** The one line on standard output, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into reports of all commands
  readonly json: any;
  readonly stdout: string;
  readonly stderr: string;
}

/** Plugins' migrations by file name; each is the body of an exports object. */
export type Plugins = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const creates = (table: string): string =>
  `up: k => k.schema.createTable('${table}', t => { t.increments(); t.string('name'); }), down: k => k.schema.dropTable('${table}')`;

/** One installation on the server: databases under a prefix of its own, and any number of images that share them. */
export class Installation {
  readonly prefix = `t${process.pid}_${++installations}_`;
  readonly #images: string[] = [];
  readonly #open: Knex[] = [];

  /** @param database more of its configuration, in YAML */
  constructor(readonly database = '') {}

  /**
   * A minimal Backstage app on disk, as an image contains it.
   * @param special plugins that record their migrations in a table of their own
   * @param declared what the configuration says of such plugins
   */
  image(plugins: Plugins, special: Readonly<Record<string, string>> = {}, declared: readonly object[] = []): string {
    const root = mkdtempSync(join(tmpdir(), 'schema-image-'));
    this.#images.push(root);
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const names = Object.keys(plugins).map((plugin) => `plugin-${plugin}`);
    write(
      'packages/backend/package.json',
      JSON.stringify({
        name: 'backend',
        backstage: { role: 'backend' },
        dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
      }),
    );
    for (const [plugin, migrations] of Object.entries(plugins)) {
      const dir = `node_modules/plugin-${plugin}`;
      const backstage = { role: 'backend-plugin', pluginId: plugin };
      write(`${dir}/package.json`, JSON.stringify({ name: `plugin-${plugin}`, backstage }));
      const own = special[plugin] ? `, tableName: '${special[plugin]}'` : '';
      write(`${dir}/dist/index.cjs.js`, `client.migrate.latest({ directory${own} })`);
      for (const [file, body] of Object.entries(migrations)) {
        write(`${dir}/migrations/${file}`, `module.exports = { ${body} };`);
      }
    }
    write('package.json', '{"name":"root"}');
    const { PGHOST: host, PGPORT: port, PGUSER: user } = process.env;
    const database = this.database ? `, database: ${this.prefix}shared` : '';
    const connection = `{ host: ${host}, port: ${port}, user: ${user}${database} }`;
    write(
      'app-config.yaml',
      `backend:\n  database:\n    client: pg\n    prefix: ${this.prefix}\n    connection: ${connection}\n${this.database}understudy: { schema: { migrations: ${JSON.stringify(declared)} } }\n`,
    );
    return root;
  }

  of(plugin: string): Knex {
    return this.named(`${this.prefix}${plugin}`);
  }

  named(database: string): Knex {
    const { PGHOST: host = '', PGPORT: port, PGUSER: user = '' } = process.env;
    const connection = { host, port: Number(port), user, database };
    const knex = knexFactory({ client: 'pg', connection, pool: { min: 0, max: 3 } });
    this.#open.push(knex);
    return knex;
  }

  /** The database that all plugins share, where the configuration has them do so. */
  async createShared(): Promise<void> {
    await this.#asAdmin((admin) => admin.raw('create database ??', [`${this.prefix}shared`]));
  }

  async remove(): Promise<void> {
    await Promise.all(this.#open.map((knex) => knex.destroy()));
    for (const image of this.#images) rmSync(image, { recursive: true });
    await this.#asAdmin(async (admin) => {
      const { rows } = await admin.raw<{ rows: { datname: string }[] }>(
        'select datname from pg_database where starts_with(datname, ?)',
        [this.prefix],
      );
      for (const { datname } of rows) await admin.raw('drop database ?? with (force)', [datname]);
    });
  }

  async #asAdmin(work: (admin: Knex) => PromiseLike<unknown>): Promise<void> {
    const { PGHOST: host = '', PGPORT: port, PGUSER: user = '' } = process.env;
    const admin = knexFactory({ client: 'pg', connection: { host, port: Number(port), user, database: 'postgres' } });
    try {
      await work(admin);
    } finally {
      await admin.destroy();
    }
  }
}

export function start(image: string, ...args: string[]): Started {
  return startWith({}, image, ...args);
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
}

function startWith(environment: NodeJS.ProcessEnv, image: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [BIN, ...args, '--json'], {
    cwd: image,
    // Jest's process.env is a copy, which children do not get by themselves.
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (code) => {
      const isLine = /^[^\n]+\n$/.test(stdout);
      resolve({ code, json: isLine ? JSON.parse(stdout) : undefined, stdout, stderr });
    });
  });
  return { child, ended };
}

export function run(image: string, ...args: string[]): Promise<Run> {
  return start(image, ...args).ended;
}

/** As a task that is given more variables. */
export function runWith(environment: NodeJS.ProcessEnv, image: string, ...args: string[]): Promise<Run> {
  return startWith(environment, image, ...args).ended;
}
