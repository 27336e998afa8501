import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ProbeReport } from '../../../lambda/domain/probe.ts';
import { handler } from '../../../lambda/prober/handler.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const journey = { name: 'home', path: '/', budgetMs: 200 };

function probe(port: number, change: object = {}): Promise<ProbeReport> {
  return handler({
    targets: [{ ip: '127.0.0.1', port, scheme: 'http', host: 'trucks.example', colour: 'green' }],
    journeys: [journey],
    rounds: 1,
    ...change,
  });
}

async function onlySample(port: number, change: object = {}) {
  const { samples } = await probe(port, change);
  expect(samples).toHaveLength(1);
  return samples[0];
}

describe('an answer is good', () => {
  test('with the expected status, in each of the rounds', async () => {
    const port = await listen((_, response) => response.end('hello'));
    expect(await onlySample(port, { rounds: 3 })).toMatchObject({ ok: 3, failed: 0, reason: null, colour: 'green' });
  });

  test('with the text that it has to contain', async () => {
    const port = await listen((_, response) => response.end('<div id="root">'));
    expect(await onlySample(port, { journeys: [{ ...journey, contains: 'id="root"' }] })).toMatchObject({ ok: 1 });
  });
});

describe('an answer is bad, and the reason is told,', () => {
  test('with another status', async () => {
    const port = await listen((_, response) => response.writeHead(503).end());
    expect(await onlySample(port)).toMatchObject({ ok: 0, failed: 1, reason: 'status 503 instead of 200' });
  });

  test('without the text', async () => {
    const port = await listen((_, response) => response.end('Bad gateway'));
    const sample = await onlySample(port, { journeys: [{ ...journey, contains: 'root' }] });
    expect(sample).toMatchObject({ failed: 1, reason: 'the body does not contain "root"' });
  });

  test('when it is complete only after its budget', async () => {
    const port = await listen((_, response) => {
      response.write('he');
      setTimeout(() => response.end('llo'), 250);
    });
    const sample = await onlySample(port);
    expect(sample).toMatchObject({
      failed: 1,
      reason: expect.stringMatching(/^answered in \d+ ms, allowed are 200 ms$/),
    });
  });

  test('when it never comes, soon after the budget', async () => {
    const port = await listen(() => undefined);
    const started = performance.now();
    expect(await onlySample(port)).toMatchObject({ failed: 1, reason: 'no whole answer within 450 ms' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('when it breaks off in the middle', async () => {
    const port = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await onlySample(port)).toMatchObject({ ok: 0, failed: 1 });
  });

  test('when nobody listens', async () => {
    const port = await listen((_, response) => response.end());
    servers.pop()?.close();
    expect(await onlySample(port)).toMatchObject({ failed: 1, reason: expect.stringContaining('ECONNREFUSED') });
  });
});

test('a request names the service, the prober, and the token only where it is asked for', async () => {
  const seen: IncomingMessage['headers'][] = [];
  const bodies: string[] = [];
  const port = await listen((request, response) => {
    seen.push(request.headers);
    request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
    request.on('end', () => response.end());
  });
  await probe(port, {
    token: 's3cret',
    journeys: [journey, { ...journey, name: 'write', method: 'POST', json: { a: 1 }, authenticated: true }],
  });
  expect(seen[0]).toMatchObject({ host: 'trucks.example', 'user-agent': 'understudy-prober' });
  expect(seen[0]).not.toHaveProperty('authorization');
  expect(seen[1]).toMatchObject({ authorization: 'Bearer s3cret', 'content-type': 'application/json' });
  expect(bodies).toEqual(['{"a":1}']);
});

test('targets are probed side by side, journeys one after another, and counted apart', async () => {
  let open = 0;
  let most = 0;
  const answer = (_: IncomingMessage, response: ServerResponse): void => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end();
    }, 30);
  };
  const ports = [await listen(answer), await listen(answer)];
  const target = { ip: '127.0.0.1', scheme: 'http', host: 'trucks.example' };
  const { samples } = await handler({
    targets: [
      { ...target, port: ports[0], colour: 'blue' },
      { ...target, port: ports[1], colour: 'green' },
    ],
    journeys: [journey, { ...journey, name: 'other' }],
    rounds: 2,
  });
  expect(samples.map(({ colour, journey: name, ok }) => [colour, name, ok])).toEqual([
    ['blue', 'home', 2],
    ['blue', 'other', 2],
    ['green', 'home', 2],
    ['green', 'other', 2],
  ]);
  expect(most).toBe(2);
});

test('without a target there is no sample, rather than a good one', async () => {
  expect(await probe(1, { targets: [] })).toEqual({ rounds: 1, samples: [] });
});
