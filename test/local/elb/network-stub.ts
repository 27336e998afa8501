import type { HttpRequest, HttpResponse, Network } from '../../../local/network/network.ts';

/** A network whose answers the test decides: a status by `ip:port`, nobody listening where there is none. */
export class StubNetwork implements Network {
  readonly statuses = new Map<string, number>();
  readonly requests: (HttpRequest & { readonly to: string })[] = [];

  send(to: { readonly ip: string; readonly port: number }, request: HttpRequest): Promise<HttpResponse> {
    const address = `${to.ip}:${to.port}`;
    this.requests.push({ ...request, to: address });
    const status = this.statuses.get(address);
    if (status === undefined) return Promise.reject(new Error(`connect ECONNREFUSED ${address}`));
    return Promise.resolve({ status, headers: {}, body: '', ms: 1 });
  }
}

/** Numbers from 0 to 1 that are the same in every run (a linear congruential generator). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
