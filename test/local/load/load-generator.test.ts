import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LoadGenerator } from '../../../local/load/load-generator.ts';
import { Tally } from '../../../local/load/tally.ts';
import { backstageVisit } from '../../../local/load/visit.ts';
import { listen } from '../../../local/network/listening.ts';
import { servedByHeader } from '../../../local/network/load-balancer-proxy.ts';

const identity = JSON.stringify({ backstageIdentity: { token: 'guest-token' } });

describe('users', () => {
  let server: Server;
  let answer: RequestListener;
  let url: string;
  const seen: string[] = [];

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      seen.push(`${request.url?.split('?')[0]} ${request.headers.authorization ?? '-'}`);
      response.setHeader(servedByHeader, 'green 10.0.0.1:7007');
      answer(request, response);
    });
    url = `http://127.0.0.1:${await listen(server)}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function play(ms: number, visitsPerSecond: number, patienceMs = 1000): Promise<Tally> {
    const tally = new Tally('blue');
    const load = new LoadGenerator({ url, visit: backstageVisit, visitsPerSecond, now: () => 42, patienceMs });
    load.countInto(tally);
    load.start();
    await sleep(ms);
    await load.stop();
    return tally;
  }

  test('go from page to script, session, catalog and search, as a browser with a guest session does', async () => {
    answer = (request, response) => {
      if (request.url === '/') response.end('<script defer src="/static/main.js"></script>');
      else response.setHeader('content-type', 'application/json').end(identity);
    };
    const tally = await play(0, 1);
    expect(seen).toEqual([
      '/ -',
      '/static/main.js -',
      '/api/auth/guest/refresh -',
      '/api/catalog/entities/by-query Bearer guest-token',
      '/api/search/query Bearer guest-token',
    ]);
    expect(tally.requests()).toEqual({ total: 5, failed: 0, onGreen: 5, failedOnBlue: 0, failedOnGreen: 0 });
  });

  test('leave where nothing is released yet, which is no failure', async () => {
    answer = (_request, response) => response.end('nothing released yet');
    const tally = await play(0, 1);
    expect(seen).toEqual(['/ -', '/api/auth/guest/refresh -']);
    expect(tally.requests()).toMatchObject({ total: 2, failed: 0 });
  });

  test('count an error, and go away', async () => {
    answer = (_request, response) => response.writeHead(500).end();
    const tally = await play(0, 1);
    expect(tally.requests()).toMatchObject({ total: 1, failed: 1, failedOnGreen: 1 });
    expect(tally.firstBadOnGreen()).toBe(42);
    expect(tally.failures()).toEqual(['page: status 500']);
  });

  test('give up on an answer that takes too long', async () => {
    answer = () => {};
    const tally = await play(0, 1, 50);
    expect(tally.requests()).toMatchObject({ total: 1, failed: 1 });
  });

  test('count an answer that breaks off against whoever began it', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half');
      setTimeout(() => request.socket.destroy(), 10);
    };
    expect((await play(0, 1)).requests()).toMatchObject({ failed: 1, failedOnGreen: 1 });
  });

  test('keep coming at a steady rate while earlier ones still wait', async () => {
    answer = () => {};
    const tally = await play(500, 20, 700);
    expect(tally.requests().total).toBeGreaterThanOrEqual(8);
    expect(tally.requests().total).toBeLessThanOrEqual(12);
  });
});
