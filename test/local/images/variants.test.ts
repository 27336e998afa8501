import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Guardian } from '../../../local/compute/guardian.ts';
import { ProcessRuntime } from '../../../local/compute/process-runtime.ts';
import { contentDigest } from '../../../local/images/digest.ts';
import { ImageStore } from '../../../local/images/image-store.ts';
import { type Application, recipe, type Variant } from '../../../local/images/variants.ts';
import { AddressBook } from '../../../local/network/address-book.ts';
import { LoopbackNetwork } from '../../../local/network/loopback-network.ts';

const server = `
require('node:http')
  .createServer((request, response) => response.end(process.env.APP_VERSION))
  .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
setInterval(() => {}, 1000);
setTimeout(() => console.log('started'), 100);
`;

describe('a version that is built to fail', () => {
  let folder: string;
  let guardian: Guardian;
  let images: ImageStore;
  let runtime: ProcessRuntime;
  let network: LoopbackNetwork;
  let application: Application;
  let tasks = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-test-'));
    guardian = new Guardian();
    images = new ImageStore(join(folder, 'images'));
    const addresses = new AddressBook();
    network = new LoopbackNetwork(addresses);
    runtime = new ProcessRuntime({ images, addresses, guardian, folder: join(folder, 'tasks') });
    const base = join(folder, 'base');
    await mkdir(join(base, 'node_modules/.bin'), { recursive: true });
    await writeFile(join(base, 'server.cjs'), server);
    await writeFile(join(base, 'node_modules/.bin/schema'), '#!/usr/bin/env node\nconsole.log("{}");\n');
    await chmod(join(base, 'node_modules/.bin/schema'), 0o755);
    application = {
      base: { folder: base, digest: await contentDigest(base) },
      cwd: '.',
      node: [],
      entry: ['server.cjs'],
    };
  });

  afterAll(async () => {
    await runtime.close();
    await guardian.close();
    await rm(folder, { recursive: true });
  });

  async function start(variant: Variant, command?: string[]) {
    tasks += 1;
    const ip = `10.0.2.${tasks}`;
    const { digest } = await images.build(recipe(application, variant, '7.0.0'));
    const lines: string[] = [];
    const { promise: exited, resolve: exit } = Promise.withResolvers<number | null>();
    const { promise: started, resolve: saidStarted } = Promise.withResolvers<'lives on'>();
    await runtime.start(
      {
        taskArn: `arn:aws:ecs:us-east-1:1:task/cluster/${tasks}`,
        image: `app@${digest}`,
        ...(command ? { command } : {}),
        environment: {},
        privateIp: ip,
        containerPort: 7007,
        stopTimeoutSeconds: 1,
      },
      {
        running: () => {},
        exited: ({ code }) => exit(code),
        log: (line) => {
          lines.push(line);
          if (line === 'started') saidStarted('lives on');
        },
      },
    );
    const exitCode = await Promise.race([exited, started]);
    const get = (path: string, agent = 'a browser') =>
      network.send({ ip, port: 7007 }, { method: 'GET', path, headers: { 'user-agent': agent } }, 400);
    return { get, lines, exitCode };
  }

  const health = '/.backstage/health/v1/readiness';

  test('healthy: serves, and shows its version', async () => {
    const { get } = await start('healthy');
    expect(await get('/')).toMatchObject({ status: 200, body: '7.0.0' });
  });

  test('crash: ends at start with an error', async () => {
    const { exitCode, lines } = await start('crash');
    expect(exitCode).toBe(1);
    expect(lines.join()).toContain('built to crash');
  });

  test('crash: a one-off task with its own command is none the worse', async () => {
    const { exitCode, lines } = await start('crash', ['schema']);
    expect(exitCode).toBe(0);
    expect(lines).toEqual(['{}']);
  });

  test('hang: lives on and never listens', async () => {
    const { get, exitCode } = await start('hang');
    expect(exitCode).toBe('lives on');
    await expect(get(health)).rejects.toThrow('ECONNREFUSED');
  });

  test('errors: healthy, and every journey fails', async () => {
    const { get } = await start('errors');
    expect((await get(health)).status).toBe(200);
    expect((await get('/', 'understudy-prober')).status).toBe(500);
    expect((await get('/api/catalog/entities')).status).toBe(500);
  });

  test('slow: healthy, and no answer within any budget', async () => {
    const { get } = await start('slow');
    expect((await get(health)).status).toBe(200);
    await expect(get('/')).rejects.toThrow('within 400 ms');
  });

  test('late: good for the prober as long as no user comes, then bad for everybody, and healthy throughout', async () => {
    const { get } = await start('late');
    for (let round = 0; round < 30; round += 1) expect((await get('/', 'understudy-prober')).status).toBe(200);
    const statuses: number[] = [];
    for (let user = 0; user < 6; user += 1) statuses.push((await get('/')).status);
    expect(statuses).toEqual([...Array<number>(4).fill(200), 500, 500]);
    expect((await get('/', 'understudy-prober')).status).toBe(500);
    expect((await get(health)).status).toBe(200);
  });
});
