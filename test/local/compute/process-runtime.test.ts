import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Guardian } from '../../../local/compute/guardian.ts';
import { ProcessRuntime } from '../../../local/compute/process-runtime.ts';
import type { RunningTask, TaskSpec } from '../../../local/compute/runtime.ts';
import { CannotPullContainerError, ImageStore } from '../../../local/images/image-store.ts';
import { publicNode } from '../../../local/images/variants.ts';
import { AddressBook } from '../../../local/network/address-book.ts';
import { LoopbackNetwork } from '../../../local/network/loopback-network.ts';

const server = `require('node:http').createServer((q, s) => s.end(process.env.COLOUR)).listen(process.env.PORT, '127.0.0.1', () => console.log('listening'))`;

class Observed {
  ran = 0;
  readonly lines: string[] = [];
  readonly exits: { code: number | null; reason: string }[] = [];

  running(): void {
    this.ran += 1;
  }

  exited(exit: { code: number | null; reason: string }): void {
    this.exits.push(exit);
  }

  log(line: string): void {
    this.lines.push(line);
  }

  async until(condition: (observed: this) => boolean): Promise<this> {
    for (let waited = 0; waited < 8000; waited += 10) {
      if (condition(this)) return this;
      await sleep(10);
    }
    throw new Error(`not within 8 s: ${condition.toString()}; saw ${JSON.stringify(this)}`);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a task as a process', () => {
  let folder: string;
  let guardian: Guardian;
  let runtime: ProcessRuntime;
  let network: LoopbackNetwork;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-test-'));
    guardian = new Guardian();
    const images = new ImageStore(join(folder, 'images'));
    images.addPublic('public.example/node', (await images.build(publicNode)).digest);
    const addresses = new AddressBook();
    network = new LoopbackNetwork(addresses);
    runtime = new ProcessRuntime({ images, addresses, guardian, folder: join(folder, 'tasks') });
  });

  afterEach(async () => {
    await runtime.close();
    await guardian.close();
    await rm(folder, { recursive: true });
  });

  const start = async (script: string, spec: Partial<TaskSpec> = {}): Promise<[RunningTask, Observed]> => {
    const observed = new Observed();
    const task = await runtime.start(
      {
        taskArn: 'arn:aws:ecs:us-east-1:1:task/cluster/one',
        image: 'public.example/node:24',
        command: ['node', '-e', script],
        environment: { COLOUR: 'green' },
        privateIp: '10.0.1.7',
        containerPort: 7007,
        stopTimeoutSeconds: 5,
        ...spec,
      },
      observed,
    );
    return [task, observed];
  };

  test('answers at its private address with the environment it was given', async () => {
    const [, observed] = await start(server);
    await observed.until(({ lines }) => lines.includes('listening'));
    const answer = await network.send({ ip: '10.0.1.7', port: 7007 }, { method: 'GET', path: '/', headers: {} }, 2000);
    expect(answer).toMatchObject({ status: 200, body: 'green' });
    expect(observed.ran).toBe(1);
    expect(runtime.alive()).toEqual([{ taskArn: 'arn:aws:ecs:us-east-1:1:task/cluster/one', pid: expect.any(Number) }]);
  });

  test.each(['PORT', '{ port: PORT }', 'String(PORT)', "PORT, '0.0.0.0', 5", "{ port: PORT, host: '::' }"])(
    'is not for the neighbours in the network: listen(%s)',
    async (parameters) => {
      const [, observed] = await start(
        `const PORT = Number(process.env.PORT);
         const server = require('node:http').createServer().listen(${parameters});
         server.on('listening', () => console.log(server.address().address, server.address().port === PORT))`,
      );
      await observed.until(({ lines }) => lines.length > 0);
      expect(observed.lines).toEqual(['127.0.0.1 true']);
    },
  );

  test('inherits nothing from the stage, credentials least of all', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'not for tasks';
    try {
      const [, observed] = await start('console.log(Object.keys(process.env).sort().join(" "))');
      await observed.until(({ exits }) => exits.length > 0);
      expect(observed.lines).toEqual(['COLOUR HOME NODE_OPTIONS PATH PORT TMPDIR']);
    } finally {
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  });

  test('tells its exit code once, after its last line, and its address is free again', async () => {
    const [task, observed] = await start('console.log("out"); console.error("err"); process.exitCode = 3');
    await observed.until(({ exits }) => exits.length > 0);
    task.stop();
    expect(observed.exits).toEqual([{ code: 3, reason: 'ended with exit code 3' }]);
    expect(observed.lines.toSorted()).toEqual(['err', 'out']);
    await expect(
      network.send({ ip: '10.0.1.7', port: 7007 }, { method: 'GET', path: '/', headers: {} }, 500),
    ).rejects.toThrow('ECONNREFUSED 10.0.1.7:7007');
  });

  test('may finish its work on SIGTERM', async () => {
    const [task, observed] = await start(
      'process.on("SIGTERM", () => setTimeout(() => process.exit(0), 50)); setInterval(() => {}, 1000); console.log("up")',
    );
    await observed.until(({ lines }) => lines.includes('up'));
    task.stop();
    task.stop();
    await observed.until(({ exits }) => exits.length > 0);
    expect(observed.exits).toEqual([{ code: 0, reason: 'ended with exit code 0' }]);
  });

  test('is killed with everything it started when it ignores SIGTERM beyond its stop time-out', async () => {
    const child = 'setInterval(() => {}, 1000)';
    const [task, observed] = await start(
      `process.on("SIGTERM", () => {});
       console.log(require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]).pid);
       setInterval(() => {}, 1000)`,
      { stopTimeoutSeconds: 0.2 },
    );
    const grandchild = Number((await observed.until(({ lines }) => lines.length > 0)).lines[0]);
    expect(alive(grandchild)).toBe(true);
    task.stop();
    await observed.until(({ exits }) => exits.length > 0);
    expect(observed.exits).toEqual([{ code: 137, reason: 'ended by SIGKILL' }]);
    await observed.until(() => !alive(grandchild));
  });

  test('that cannot be started ends with the reason that ECS gives', async () => {
    const [, observed] = await start('', { command: ['no-such-program'] });
    await observed.until(({ exits }) => exits.length > 0);
    expect(observed.exits).toEqual([
      { code: null, reason: expect.stringMatching(/^CannotStartContainerError: .*ENOENT/) },
    ]);
    expect(observed.ran).toBe(0);
  });

  test('of an image that is not there is refused', async () => {
    const image = `somewhere/app@sha256:${'0'.repeat(64)}`;
    await expect(start('', { image })).rejects.toThrow(CannotPullContainerError);
  });

  test('does not outlive the runtime', async () => {
    const [, observed] = await start(server);
    await observed.until(({ lines }) => lines.length > 0);
    const [{ pid } = { pid: 0 }] = runtime.alive();
    await runtime.close();
    expect(alive(pid)).toBe(false);
    expect(runtime.alive()).toEqual([]);
    await expect(start(server)).rejects.toThrow('The stage has ended');
  });
});
