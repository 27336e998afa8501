import type { DataPlane, Route } from '../elb/data-plane.ts';
import type { HttpRequest, HttpResponse, Network } from '../network/network.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';

export interface LoadBalancerAccess {
  readonly dataPlane: DataPlane;
  /** Its private addresses. */
  readonly addresses: readonly string[];
}

/** Who asks does not count as a user: the load balancer's health checks and the prober. */
const notUsers = /^(ELB-HealthChecker|understudy-prober)/;
const defaultMs = 20;

/** The VPC in virtual time: answers come at once and tell how long they would have taken. */
export class SimulatedNetwork implements Network {
  readonly #runtime: SimulatedRuntime;
  readonly #loadBalancer: () => LoadBalancerAccess | null;

  /** The load balancer is asked for at each request, because it comes later than the network. */
  constructor(runtime: SimulatedRuntime, loadBalancer: () => LoadBalancerAccess | null) {
    this.#runtime = runtime;
    this.#loadBalancer = loadBalancer;
  }

  async send(
    to: { readonly ip: string; readonly port: number },
    request: HttpRequest,
    timeoutMs: number,
  ): Promise<HttpResponse> {
    const loadBalancer = this.#loadBalancer();
    if (loadBalancer?.addresses.includes(to.ip)) {
      return this.through(loadBalancer.dataPlane, to.port, request, timeoutMs).response;
    }
    return this.#ask(to, request, timeoutMs);
  }

  /** One request through the load balancer, counted in its metrics: who answered, and what. */
  through(
    dataPlane: DataPlane,
    listenerPort: number,
    request: HttpRequest,
    timeoutMs: number,
  ): { readonly route: Route; readonly response: HttpResponse } {
    const route = dataPlane.route(listenerPort, { host: header(request, 'host'), path: request.path });
    if (route.kind === 'fixed') {
      dataPlane.record(route, { status: route.status, ms: 0 });
      return { route, response: { status: route.status, headers: {}, body: route.body, ms: 1 } };
    }
    try {
      const response = this.#ask(route, request, timeoutMs);
      dataPlane.record(route, response);
      return { route, response };
    } catch {
      dataPlane.record(route, { status: null, ms: 0 });
      return { route, response: { status: 502, headers: {}, body: 'Bad Gateway', ms: 1 } };
    }
  }

  #ask(to: { readonly ip: string; readonly port: number }, request: HttpRequest, timeoutMs: number): HttpResponse {
    const byUser = !notUsers.test(header(request, 'user-agent'));
    const answer = this.#runtime.at(to.ip, to.port)?.answer(request.path, byUser) ?? null;
    if (answer === null) throw new Error(`connect ECONNREFUSED ${to.ip}:${to.port}`);
    const ms = answer.ms ?? defaultMs;
    if (ms > timeoutMs) throw new Error(`no answer from ${to.ip}:${to.port} within ${timeoutMs} ms`);
    return { status: answer.status, headers: { 'content-type': 'application/json' }, body: answer.body ?? '', ms };
  }
}

function header(request: HttpRequest, name: string): string {
  return Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}
