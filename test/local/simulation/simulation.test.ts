import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { TaskSpec } from '../../../local/compute/runtime.ts';
import type { DataPlane, Route } from '../../../local/elb/data-plane.ts';
import { type Behaviour, simulatedImage } from '../../../local/simulation/behaviours.ts';
import { schemaTool } from '../../../local/simulation/schema-tool.ts';
import { SimulatedDatabase } from '../../../local/simulation/simulated-database.ts';
import { routeFits } from '../../../local/simulation/simulated-image.ts';
import { SimulatedNetwork } from '../../../local/simulation/simulated-network.ts';
import { SimulatedRuntime } from '../../../local/simulation/simulated-runtime.ts';
import { SimulatedUsers } from '../../../local/simulation/simulated-users.ts';

const seconds = 1000;
const port = 7007;
const database = new SimulatedDatabase();
const options = {
  readiness: '/ready',
  liveness: '/live',
  pages: [{ path: '/api/*', status: 200, body: '{"items":[]}' }],
  commands: schemaTool({ catalog: ['1', '2'] }, database),
};

function spec(name: string, lastOfIp: number, command?: readonly string[]): TaskSpec {
  return {
    taskArn: `task/${lastOfIp}`,
    image: name,
    environment: {},
    privateIp: `10.0.0.${lastOfIp}`,
    containerPort: port,
    stopTimeoutSeconds: 30,
    ...(command !== undefined && { command }),
  };
}

/** Sends every request to one task, and keeps what it is told of them. */
class OneTarget implements DataPlane {
  readonly outcomes: (number | null)[] = [];
  readonly #route: Route;

  constructor(route: Route) {
    this.#route = route;
  }

  listenerPorts(): readonly number[] {
    return [80];
  }

  route(): Route {
    return this.#route;
  }

  record(_route: Route, { status }: { readonly status: number | null }): void {
    this.outcomes.push(status);
  }
}

function world(dataPlane: DataPlane | null = null) {
  const clock = new VirtualClock(0);
  const names: readonly Behaviour[] = ['good', 'crash', 'hang', 'errors', 'slow', 'zombie', 'late'];
  const runtime = new SimulatedRuntime(clock, (image) => {
    const behaviour = names.find((name) => name === image);
    return behaviour && simulatedImage(behaviour, options);
  });
  const access = dataPlane && { dataPlane, addresses: ['10.0.9.9'] };
  const network = new SimulatedNetwork(runtime, () => access);
  const start = async (name: string, lastOfIp = 1, command?: readonly string[]) => {
    const seen: string[] = [];
    const task = await runtime.start(spec(name, lastOfIp, command), {
      running: () => seen.push('running'),
      exited: ({ code }) => seen.push(`exited ${code}`),
      log: (line) => seen.push(line),
    });
    return { task, seen };
  };
  const ask = (path: string, agent = 'understudy-prober', ip = '10.0.0.1') =>
    network
      .send({ ip, port }, { method: 'GET', path, headers: { 'User-Agent': agent, Host: 'x' } }, 5000)
      .then(({ status }) => status)
      .catch((error: unknown) => (error instanceof Error ? error.message : 'unknown'));
  return { clock, runtime, network, start, ask };
}

describe('a simulated image', () => {
  test.each<[Behaviour, unknown[]]>([
    ['good', [200, 200, 200]],
    ['errors', [200, 200, 500]],
    ['slow', [200, 200, 'no answer from 10.0.0.1:7007 within 5000 ms']],
    ['zombie', [503, 200, 503]],
    ['hang', [503, 503, 503]],
    ['late', [200, 200, 200]],
    ['crash', Array.from({ length: 3 }, () => 'connect ECONNREFUSED 10.0.0.1:7007')],
  ])('that is %s answers readiness, liveness and a journey with %j', async (behaviour, expected) => {
    const { clock, start, ask } = world();
    await start(behaviour);
    await clock.advance(30 * seconds);
    expect([await ask('/ready'), await ask('/live'), await ask('/api/catalog?x=1')]).toEqual(expected);
  });

  test('does not answer while it boots', async () => {
    const { clock, start, ask } = world();
    const { seen } = await start('good');
    await clock.advance(5 * seconds);
    expect(seen).toEqual(['running']);
    expect(await ask('/ready')).toContain('ECONNREFUSED');
    await clock.advance(5 * seconds);
    expect(await ask('/ready')).toBe(200);
  });

  test('that is late turns bad by users’ requests alone, and its health checks stay good', async () => {
    const { clock, start, ask } = world();
    await start('late');
    await clock.advance(30 * seconds);
    for (let request = 0; request < 100; request += 1) await ask('/api/catalog', 'understudy-prober/1');
    expect(await ask('/api/catalog')).toBe(200);
    for (let request = 0; request < 60; request += 1) expect(await ask('/api/catalog', 'Mozilla/5.0')).toBe(200);
    expect(await ask('/api/catalog', 'Mozilla/5.0')).toBe(500);
    expect(await ask('/api/catalog')).toBe(500);
    expect(await ask('/ready', 'ELB-HealthChecker/2.0')).toBe(200);
  });

  test('ends once, by itself or because it is stopped', async () => {
    const { clock, runtime, start } = world();
    const crashed = await start('crash', 1);
    const stopped = await start('good', 2);
    await clock.advance(10 * seconds);
    crashed.task.stop();
    stopped.task.stop();
    stopped.task.stop();
    await clock.advance(10 * seconds);
    expect(crashed.seen).toEqual(['running', 'exited 1']);
    expect(stopped.seen).toEqual(['running', 'exited 143']);
    expect(runtime.tasks()).toEqual([]);
  });

  test('that the registry does not have is refused', async () => {
    await expect(world().start('nothing')).rejects.toThrow('nothing: not found');
  });
});

test('the schema tool tells what is pending, applies it once, and remembers it', async () => {
  const { clock, start } = world();
  const run = async (...command: string[]) => {
    const { seen } = await start('good', 1, ['backstage-schema', ...command]);
    await clock.advance(30 * seconds);
    expect(seen.at(-1)).toBe('exited 0');
    return seen[1];
  };
  expect(await run('status', '--json')).toContain('"pending":["1","2"]');
  expect(await run('up', '--json')).toContain('"ok":true');
  expect(await run('status', '--json')).toContain('"applied":2,"present":["1","2"],"pending":[]');
});

test('paths fit exactly, or by what they begin with, without their query', () => {
  expect(routeFits('/api/*', '/api/catalog?x=1')).toBe(true);
  expect(routeFits('/ready', '/ready?full')).toBe(true);
  expect(routeFits('/ready', '/ready/')).toBe(false);
});

describe('through the load balancer', () => {
  const green = { kind: 'forward', targetGroup: 'green', ip: '10.0.0.1', port } as const;

  test('its private addresses lead to whom it chooses, and it hears how that went', async () => {
    const dataPlane = new OneTarget(green);
    const { clock, start, ask } = world(dataPlane);
    expect(await ask('/api/x', 'understudy-prober', '10.0.9.9')).toBe(502);
    await start('errors');
    await clock.advance(30 * seconds);
    expect(await ask('/api/x', 'understudy-prober', '10.0.9.9')).toBe(500);
    expect(dataPlane.outcomes).toEqual([null, 500]);
  });

  test('a fixed answer is its own', async () => {
    const dataPlane = new OneTarget({ kind: 'fixed', status: 404, body: 'nothing here', targetGroup: null });
    const { ask } = world(dataPlane);
    expect(await ask('/', 'understudy-prober', '10.0.9.9')).toBe(404);
    expect(dataPlane.outcomes).toEqual([404]);
  });

  test('users come at their rate, and count what was bad, where, and when first', async () => {
    const dataPlane = new OneTarget(green);
    const { clock, network, start } = world(dataPlane);
    await start('late');
    await clock.advance(10 * seconds);
    const users = new SimulatedUsers({
      clock,
      network,
      dataPlane,
      listenerPort: 80,
      host: 'backstage',
      paths: ['/', '/api/catalog'],
      requestsPerSecond: 2.5,
      budgetMs: 3000,
      isGreen: (targetGroup) => targetGroup === 'green',
    });
    users.start();
    const began = clock.now();
    await clock.advance(40 * seconds);
    users.stop();
    await clock.advance(40 * seconds);
    expect(users.counts).toEqual({
      total: 100,
      failed: 40,
      onGreen: 100,
      failedOnBlue: 0,
      failedOnGreen: 40,
      firstBadAt: began + 25 * seconds,
      lastBadAt: began + 40 * seconds,
    });
  });

  test('a slow answer is a failed request', async () => {
    const dataPlane = new OneTarget(green);
    const { clock, network, start } = world(dataPlane);
    await start('slow');
    await clock.advance(10 * seconds);
    const common = { clock, network, dataPlane, listenerPort: 80, host: 'backstage', paths: ['/'], budgetMs: 3000 };
    const users = new SimulatedUsers({ ...common, requestsPerSecond: 1, isGreen: () => false });
    users.start();
    await clock.advance(5 * seconds);
    expect(users.counts).toMatchObject({ total: 5, failedOnBlue: 5, onGreen: 0 });
  });
});
