import { request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { AddressBook } from './address-book.ts';
import type { HttpRequest, HttpResponse, Network } from './network.ts';

/** The VPC of real processes: private addresses that lead to ports on 127.0.0.1. */
export class LoopbackNetwork implements Network {
  readonly #addresses: AddressBook;

  constructor(addresses: AddressBook) {
    this.#addresses = addresses;
  }

  send(
    to: { readonly ip: string; readonly port: number },
    request: HttpRequest,
    timeoutMs: number,
  ): Promise<HttpResponse> {
    const port = this.#addresses.find(to.ip, to.port);
    if (port === null) return Promise.reject(new Error(`connect ECONNREFUSED ${to.ip}:${to.port}`));
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        host: '127.0.0.1',
        port,
        method: request.method,
        path: request.path,
        headers: { host: `${to.ip}:${to.port}`, ...request.headers },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      });
      outgoing.once('error', (error) => reject(inWords(error, to, timeoutMs)));
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', (error) => reject(inWords(error, to, timeoutMs)));
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
            ),
            body: Buffer.concat(chunks).toString('utf8'),
            ms: performance.now() - started,
          }),
        );
      });
      outgoing.end(request.body);
    });
  }
}

function inWords(error: Error, to: { readonly ip: string; readonly port: number }, timeoutMs: number): Error {
  if (error.name === 'AbortError') return new Error(`no answer from ${to.ip}:${to.port} within ${timeoutMs} ms`);
  return new Error(`${error.message} (${to.ip}:${to.port})`, { cause: error });
}
