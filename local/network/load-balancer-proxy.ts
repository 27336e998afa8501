import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { performance } from 'node:perf_hooks';
import type { DataPlane, Route } from '../elb/data-plane.ts';
import type { AddressBook } from './address-book.ts';
import { close, listen, PortTakenError } from './listening.ts';

/** Response header, on the stage only, that tells who answered: `target-group ip:port`. */
export const servedByHeader = 'x-understudy-served-by';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html: 60 s by default. */
const idleTimeoutMs = 60_000;

export interface ListenerPort {
  /** The listener's own port: 80, 8080 … */
  readonly listener: number;
  /** The port on 127.0.0.1; 0 for any. */
  readonly local: number;
  /** Whether another local port will do when this one is taken. */
  readonly elsewhere: boolean;
}

export interface LoadBalancerProxyOptions {
  readonly dataPlane: DataPlane;
  readonly addresses: AddressBook;
  /** The load balancer's private addresses: members of the VPC reach the listeners there. */
  readonly privateIps: readonly string[];
}

/**
 * The load balancer's sockets. Where a request goes is the data plane's decision; what users get when a
 * target does not answer follows
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 * (502 for a target that refuses or resets, 504 for one that takes longer than the idle time-out).
 */
export class LoadBalancerProxy {
  readonly #options: LoadBalancerProxyOptions;
  readonly #servers: Server[] = [];
  readonly #forget: (() => void)[] = [];

  constructor(options: LoadBalancerProxyOptions) {
    this.#options = options;
  }

  /**
   * @returns the port on 127.0.0.1
   * @throws {PortTakenError} when the port is taken and no other will do
   */
  async listen({ listener, local, elsewhere }: ListenerPort): Promise<number> {
    // Browsers keep connections open between page loads; a user's time-out is no failure of a target.
    const server = createServer({ keepAliveTimeout: idleTimeoutMs }, (request, response) =>
      this.#serve(listener, request, response),
    );
    const port = await listen(server, local).catch((error: unknown) => {
      if (error instanceof PortTakenError && elsewhere) return listen(server);
      throw error;
    });
    this.#servers.push(server);
    for (const ip of this.#options.privateIps) this.#forget.push(this.#options.addresses.add(ip, listener, port));
    return port;
  }

  /** Lets requests under way finish for at most `graceMs`. */
  async close(graceMs = 1000): Promise<void> {
    for (const forget of this.#forget) forget();
    await Promise.all(this.#servers.map((server) => close(server, graceMs)));
  }

  #serve(listener: number, request: IncomingMessage, response: ServerResponse): void {
    const { dataPlane, addresses } = this.#options;
    const path = request.url ?? '/';
    const route = dataPlane.route(listener, { host: request.headers.host ?? '', path });
    const started = performance.now();
    let counted = false;
    const count = (status: number | null) => {
      if (counted) return;
      counted = true;
      dataPlane.record(route, { status, ms: performance.now() - started });
    };
    const answer = (status: number, body: string) => {
      response.writeHead(status, { 'content-type': 'text/plain', ...servedBy(route) }).end(body);
    };

    if (route.kind === 'fixed') {
      count(route.status);
      request.resume();
      answer(route.status, route.body);
      return;
    }
    const fail = (status: 502 | 504) => {
      count(null);
      if (response.headersSent) response.destroy();
      else answer(status, status === 504 ? 'Gateway Time-out\n' : 'Bad Gateway\n');
    };
    const port = addresses.find(route.ip, route.port);
    if (port === null) {
      request.resume();
      fail(502);
      return;
    }

    // A connection per request: on loopback it costs nothing, and a reset of a connection that a target
    // closed while it was idle would count as a failure that no load balancer has.
    const onward = httpRequest({
      host: '127.0.0.1',
      port,
      method: request.method,
      path,
      headers: { ...request.headers, ...forwarded(request, listener), connection: 'close' },
      agent: false,
    });
    onward.setTimeout(idleTimeoutMs, () => {
      fail(504);
      onward.destroy();
    });
    onward.once('error', () => {
      if (!response.destroyed) fail(502);
    });
    onward.once('response', (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, { ...endToEnd(incoming.headers), ...servedBy(route) });
      // The headers are the answer's beginning: TargetResponseTime is measured up to here.
      count(incoming.statusCode ?? null);
      incoming.once('error', () => response.destroy());
      incoming.pipe(response);
    });
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  }
}

/** RFC 9110, 7.6.1: what belongs to one connection is not passed on. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...rest } = headers;
  return rest;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html */
function forwarded(request: IncomingMessage, listener: number): Record<string, string> {
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '127.0.0.1';
  return {
    'x-forwarded-for': before ? `${[before].flat().join(', ')}, ${client}` : client,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(listener),
  };
}

function servedBy(route: Route): Record<string, string> {
  if (route.kind === 'forward') return { [servedByHeader]: `${route.targetGroup} ${route.ip}:${route.port}` };
  return route.targetGroup === null ? {} : { [servedByHeader]: route.targetGroup };
}
