import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/compute/free-port.ts';
import type { Backend } from './backend.ts';

/** Entities that are read over HTTP, as those of a repository are: `/<batch>/<count>.yaml`. */
export class Entities {
  readonly #server: Server;
  /** With its port. */
  readonly host: string;

  private constructor(server: Server, host: string) {
    this.host = host;
    this.#server = server;
  }

  static async serve(): Promise<Entities> {
    const server = createServer((request, response) => {
      const [, batch = '', count = '0'] = /^\/(\w+)\/(\d+)\.yaml$/.exec(request.url ?? '') ?? [];
      response
        .writeHead(200, { 'content-type': 'text/yaml' })
        .end(namesOf(batch, Number(count)).map(component).join('---\n'));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new Entities(server, `127.0.0.1:${port}`);
  }

  /** Registers a location with so many entities. @returns their names */
  async register(backend: Backend, batch: string, count: number): Promise<readonly string[]> {
    const target = `http://${this.host}/${batch}/${count}.yaml`;
    const answer = await backend.call('POST', '/api/catalog/locations', 30_000, { type: 'url', target });
    if (!answer.ok) throw new Error(`Registering ${target} was answered with ${answer.status}: ${await answer.text()}`);
    return namesOf(batch, count);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** @returns those that are not in the catalog, once all are or the time is over */
export async function missingFrom(backend: Backend, names: readonly string[], withinMs: number): Promise<string[]> {
  const giveUpAt = performance.now() + withinMs;
  let missing = [...names];
  for (;;) {
    const there = await Promise.all(missing.map((name) => isReadable(backend, name)));
    missing = missing.filter((_, index) => !there[index]);
    if (missing.length === 0 || performance.now() > giveUpAt) return missing;
    await sleep(500);
  }
}

async function isReadable(backend: Backend, name: string): Promise<boolean> {
  try {
    return (await backend.call('GET', `/api/catalog/entities/by-name/component/default/${name}`)).ok;
  } catch {
    return false;
  }
}

function namesOf(batch: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${batch}-${index + 1}`);
}

function component(name: string): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name} }
spec: { type: service, lifecycle: production, owner: upgrade }
`;
}
