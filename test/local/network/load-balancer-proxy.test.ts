import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isPortFree } from '../../../local/compute/free-port.ts';
import type { DataPlane, Route } from '../../../local/elb/data-plane.ts';
import { AddressBook } from '../../../local/network/address-book.ts';
import { listen } from '../../../local/network/listening.ts';
import { LoadBalancerProxy, servedByHeader } from '../../../local/network/load-balancer-proxy.ts';
import { LoopbackNetwork } from '../../../local/network/loopback-network.ts';

class Scripted implements DataPlane {
  readonly recorded: (number | null)[] = [];
  next: Route = { kind: 'fixed', status: 404, body: 'nothing here', targetGroup: null };

  listenerPorts(): readonly number[] {
    return [80];
  }

  route(): Route {
    return this.next;
  }

  record(_route: Route, outcome: { readonly status: number | null; readonly ms: number }): void {
    this.recorded.push(outcome.status);
  }
}

const toTarget: Route = { kind: 'forward', targetGroup: 'group-a', ip: '10.0.1.4', port: 7007 };

describe("the load balancer's sockets", () => {
  let addresses: AddressBook;
  let dataPlane: Scripted;
  let proxy: LoadBalancerProxy;
  let port: number;
  let target: Server | null;

  beforeEach(async () => {
    addresses = new AddressBook();
    dataPlane = new Scripted();
    target = null;
    proxy = new LoadBalancerProxy({ dataPlane, addresses, privateIps: ['10.0.0.5', '10.0.0.6'] });
    port = await proxy.listen({ listener: 80, local: 0, elsewhere: false });
  });

  afterEach(async () => {
    await proxy.close();
    target?.closeAllConnections();
    target?.close();
  });

  async function serve(listener: RequestListener): Promise<void> {
    const server = createServer(listener);
    target = server;
    addresses.add('10.0.1.4', 7007, await listen(server));
    dataPlane.next = toTarget;
  }

  function get(path: string, headers: Record<string, string> = {}) {
    return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const outgoing = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      outgoing.once('error', reject);
      outgoing.end();
    });
  }

  test('forward where the data plane says, and tell who answered', async () => {
    await serve((request, response) => response.writeHead(203).end(JSON.stringify(request.headers)));
    const answer = await get('/', { host: 'backstage.local' });
    expect(answer.status).toBe(203);
    expect(answer.headers[servedByHeader]).toBe('group-a 10.0.1.4:7007');
    expect(JSON.parse(answer.body)).toMatchObject({
      host: 'backstage.local',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '80',
      'x-forwarded-proto': 'http',
    });
    expect(dataPlane.recorded).toEqual([203]);
  });

  test('are reached by members of the VPC at each of their private addresses', async () => {
    const network = new LoopbackNetwork(addresses);
    for (const ip of ['10.0.0.5', '10.0.0.6']) {
      const answer = await network.send({ ip, port: 80 }, { method: 'GET', path: '/', headers: {} }, 2000);
      expect(answer).toMatchObject({ status: 404, body: 'nothing here' });
    }
  });

  test('answer 502 for a target where nothing listens', async () => {
    dataPlane.next = toTarget;
    expect(await get('/')).toMatchObject({ status: 502, headers: { [servedByHeader]: 'group-a 10.0.1.4:7007' } });
    expect(dataPlane.recorded).toEqual([null]);
  });

  test('answer 502 for a target that hangs up', async () => {
    await serve((request) => request.socket.destroy());
    expect((await get('/')).status).toBe(502);
    expect(dataPlane.recorded).toEqual([null]);
  });

  test('break off an answer that its target breaks off, and count it once', async () => {
    await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half of it');
      setTimeout(() => request.socket.destroy(), 20);
    });
    await expect(get('/')).rejects.toThrow('aborted');
    expect(dataPlane.recorded).toEqual([200]);
  });

  test('do not count against the target that a user went away', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    await serve((request) => request.socket.once('close', resolve));
    const outgoing = httpRequest({ host: '127.0.0.1', port, path: '/', agent: false });
    outgoing.on('error', () => {});
    outgoing.end();
    setTimeout(() => outgoing.destroy(), 50);
    await gone;
    expect(dataPlane.recorded).toEqual([]);
  });

  test('let an answer under way finish when they close', async () => {
    await serve((_request, response) => setTimeout(() => response.end('late but whole'), 150));
    const answer = get('/');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await proxy.close(2000);
    expect(await answer).toMatchObject({ status: 200, body: 'late but whole' });
    expect(await isPortFree(port)).toBe(true);
  });

  test('say in words that a port is taken, or take another one', async () => {
    const other = new LoadBalancerProxy({ dataPlane, addresses, privateIps: [] });
    await expect(other.listen({ listener: 80, local: port, elsewhere: false })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken`,
    );
    expect(await other.listen({ listener: 80, local: port, elsewhere: true })).not.toBe(port);
    await other.close();
  });
});
