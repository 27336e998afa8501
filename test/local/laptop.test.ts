import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isPortFree } from '../../local/compute/free-port.ts';
import type { DataPlane } from '../../local/elb/data-plane.ts';
import { publicNode } from '../../local/images/variants.ts';
import { openLaptop } from '../../local/laptop.ts';

const nowhere: DataPlane = {
  listenerPorts: () => [80],
  route: () => ({ kind: 'fixed', status: 404, body: '', targetGroup: null }),
  record: () => {},
};

test('a laptop that is closed leaves no process, no port and no folder', async () => {
  const laptop = await openLaptop(() => ({ APP_BASE_URL: 'http://localhost:7007' }));
  laptop.images.addPublic('node', (await laptop.images.build(publicNode)).digest);
  const lines: string[] = [];
  const { promise: up, resolve: isUp } = Promise.withResolvers<void>();
  await laptop.runtime.start(
    {
      taskArn: 'arn:aws:ecs:us-east-1:1:task/cluster/one',
      image: 'node:24',
      command: ['node', '-e', 'console.log(process.env.HOME, process.env.APP_BASE_URL); setInterval(() => {}, 1000)'],
      environment: { APP_BASE_URL: 'http://localhost' },
      privateIp: '10.0.0.1',
      stopTimeoutSeconds: 5,
    },
    {
      running: () => {},
      exited: () => {},
      log: (line) => {
        lines.push(line);
        isUp();
      },
    },
  );
  await up;
  const [home = '', baseUrl] = lines[0]?.split(' ') ?? [];
  expect(baseUrl).toBe('http://localhost:7007');
  expect(existsSync(home)).toBe(true);
  const ports = await laptop.openLoadBalancer(nowhere, ['10.0.0.9'], [{ listener: 80, local: 0, elsewhere: false }]);

  await laptop.close();
  await laptop.close();
  expect(laptop.runtime.alive()).toEqual([]);
  expect(existsSync(home)).toBe(false);
  for (const port of [...ports.values(), laptop.postgres.port, Number(new URL(laptop.vpcProxy).port)]) {
    expect(await isPortFree(port)).toBe(true);
  }
});
