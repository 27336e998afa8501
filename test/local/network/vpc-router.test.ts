import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AddressBook } from '../../../local/network/address-book.ts';
import { listen } from '../../../local/network/listening.ts';
import { VpcRouter } from '../../../local/network/vpc-router.ts';

describe("the VPC's router", () => {
  const addresses = new AddressBook();
  const router = new VpcRouter(addresses);
  const target = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      response.writeHead(201, { 'x-host': request.headers.host }).end(`${request.method} ${request.url} ${body}`);
    });
  });
  let proxy: URL;

  beforeAll(async () => {
    addresses.add('10.0.1.9', 7007, await listen(target));
    proxy = new URL(await router.listen());
  });

  afterAll(async () => {
    await router.close();
    target.close();
  });

  function send(path: string, headers: Record<string, string> = {}, body?: string): Promise<[IncomingMessage, string]> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        host: proxy.hostname,
        port: proxy.port,
        method: body === undefined ? 'GET' : 'POST',
        path,
        headers,
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.once('end', () => resolve([response, text]));
      });
      outgoing.end(body);
    });
  }

  test("brings a request to a private address, with the caller's own Host", async () => {
    const [response, body] = await send('http://10.0.1.9:7007/a?b=c', { host: 'backstage.example' }, '{"x":1}');
    expect(response.statusCode).toBe(201);
    expect(response.headers['x-host']).toBe('backstage.example');
    expect(body).toBe('POST /a?b=c {"x":1}');
  });

  test.each([
    ['an address of the VPC where nothing listens', 'http://10.0.1.9:80/', 502, 'nothing listens at 10.0.1.9:80'],
    ['an address outside', 'http://example.com/', 403, 'example.com is outside'],
    ['the machine itself', 'http://127.0.0.1:22/', 403, '127.0.0.1 is outside'],
    ['a request that is not for a proxy', '/x', 400, 'this is a proxy'],
  ])('refuses %s', async (_what, url, status, reason) => {
    const [response, body] = await send(url);
    expect(response.statusCode).toBe(status);
    expect(body).toContain(reason);
  });

  function tunnel(authority: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(proxy.port), proxy.hostname);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.endsWith('established\r\n\r\n')) {
          socket.write('GET /in HTTP/1.1\r\nhost: inside\r\nconnection: close\r\n\r\n');
        }
      });
      socket.once('error', reject);
      socket.once('close', () => resolve(text));
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
    });
  }

  test('opens a tunnel to a private address, and to no other', async () => {
    expect(await tunnel('10.0.1.9:7007')).toMatch(/established[^]*201 Created[^]*GET \/in/);
    expect(await tunnel('example.com:443')).toMatch(/^HTTP\/1.1 403 [^]*outside/);
  });
});
