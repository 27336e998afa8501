import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AddressBook } from './address-book.ts';
import { close, listen } from './listening.ts';

/**
 * The way into the VPC for functions that run in it: an HTTP forward proxy (HTTP_PROXY) that knows
 * private addresses only. Takes absolute-form requests and CONNECT tunnels (RFC 9110, 9.3.6; RFC 9112, 3.2.2).
 * The request's own Host header goes through untouched, as it would from a function inside a VPC.
 */
export class VpcRouter {
  readonly #addresses: AddressBook;
  readonly #server: Server;
  readonly #tunnels = new Set<Duplex>();

  constructor(addresses: AddressBook) {
    this.#addresses = addresses;
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on('connect', (request, socket, head) => this.#tunnel(request, socket, head));
  }

  /** @returns the URL for HTTP_PROXY */
  async listen(): Promise<string> {
    return `http://127.0.0.1:${await listen(this.#server)}`;
  }

  async close(): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.destroy();
    await close(this.#server, 0);
  }

  #find(authority: URL): { port: number } | { status: 403 | 502; reason: string } {
    const ip = authority.hostname;
    const port = Number(authority.port || (authority.protocol === 'https:' ? 443 : 80));
    if (!isPrivate(ip)) {
      return { status: 403, reason: `${ip} is outside the stage's VPC: only private addresses can be reached` };
    }
    const loopbackPort = this.#addresses.find(ip, port);
    return loopbackPort === null ? { status: 502, reason: `nothing listens at ${ip}:${port}` } : { port: loopbackPort };
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, reason: string) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(status, { 'content-type': 'text/plain' }).end(`${reason}\n`);
    };
    const url = URL.parse(request.url ?? '');
    if (url?.protocol !== 'http:') {
      refuse(400, `this is a proxy: send it http://address:port/path, not ${request.url}`);
      return;
    }
    const found = this.#find(url);
    if ('status' in found) {
      refuse(found.status, found.reason);
      return;
    }
    const { 'proxy-connection': _hop, 'proxy-authorization': _credentials, ...headers } = request.headers;
    const onward = httpRequest({
      host: '127.0.0.1',
      port: found.port,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, connection: 'close' },
      agent: false,
    });
    onward.once('response', (answer) => {
      const { connection: _connection, 'keep-alive': _keepAlive, ...answerHeaders } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, answerHeaders);
      answer.once('error', () => response.destroy());
      answer.pipe(response);
    });
    onward.once('error', (error) => refuse(502, `${url.host}: ${error.message}`));
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  }

  #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const authority = URL.parse(`https://${request.url}`);
    const found = authority
      ? this.#find(authority)
      : { status: 403 as const, reason: `${request.url} is not host:port` };
    socket.once('error', () => socket.destroy());
    if ('status' in found) {
      const reason = `${found.reason}\n`;
      socket.end(`HTTP/1.1 ${found.status} Refused\r\ncontent-length: ${Buffer.byteLength(reason)}\r\n\r\n${reason}`);
      return;
    }
    const onward = connect(found.port, '127.0.0.1');
    this.#tunnels.add(socket).add(onward);
    onward.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.once('error', () => socket.destroy());
    for (const end of [socket, onward]) {
      end.once('close', () => {
        this.#tunnels.delete(end);
        (end === socket ? onward : socket).destroy();
      });
    }
  }
}

/** RFC 1918. */
function isPrivate(host: string): boolean {
  const [a = -1, b = -1] = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split('.').map(Number) : [];
  return a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
}
