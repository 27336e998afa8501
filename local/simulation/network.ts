import type { DataPlane } from '../elb/data-plane.ts';
import type { HttpRequest, HttpResponse, Network } from '../network/network.ts';
import type { SimulatedApplication } from './application.ts';

export interface SimulatedAnswer {
  readonly response: HttpResponse;
  /** The target group that the load balancer chose; null where none was. */
  readonly targetGroup: string | null;
}

/** A VPC without sockets: applications by private address, and the load balancer's own addresses. */
export class SimulatedNetwork implements Network {
  readonly #applications = new Map<string, SimulatedApplication>();
  readonly #loadBalancers = new Map<string, DataPlane>();

  attach(ip: string, application: SimulatedApplication): void {
    this.#applications.set(ip, application);
  }

  detach(ip: string): void {
    this.#applications.delete(ip);
  }

  attachLoadBalancer(ip: string, dataPlane: DataPlane): void {
    this.#loadBalancers.set(ip, dataPlane);
  }

  async send(
    to: { readonly ip: string; readonly port: number },
    request: HttpRequest,
    timeoutMs: number,
  ): Promise<HttpResponse> {
    const loadBalancer = this.#loadBalancers.get(to.ip);
    if (loadBalancer) return this.throughLoadBalancer(loadBalancer, to.port, request, timeoutMs).response;
    return this.#toApplication(to.ip, request, timeoutMs);
  }

  /**
   * One request as a user of the load balancer sees it.
   * @throws when the target takes longer than the caller waits
   */
  throughLoadBalancer(
    dataPlane: DataPlane,
    listenerPort: number,
    request: HttpRequest,
    timeoutMs: number,
  ): SimulatedAnswer {
    const host = request.headers['host'] ?? '';
    const route = dataPlane.route(listenerPort, { host, path: request.path });
    if (route.kind === 'fixed') {
      dataPlane.record(route, { status: route.status, ms: 0 });
      return {
        response: { status: route.status, headers: {}, body: route.body, ms: 0 },
        targetGroup: route.targetGroup,
      };
    }
    const { targetGroup } = route;
    try {
      const response = this.#toApplication(route.ip, request, timeoutMs);
      dataPlane.record(route, { status: response.status, ms: response.ms });
      return { response, targetGroup };
    } catch (error) {
      dataPlane.record(route, { status: null, ms: timeoutMs });
      return { response: { status: 502, headers: {}, body: (error as Error).message, ms: timeoutMs }, targetGroup };
    }
  }

  #toApplication(ip: string, request: HttpRequest, timeoutMs: number): HttpResponse {
    const application = this.#applications.get(ip);
    if (!application) throw new Error(`connect ECONNREFUSED ${ip}`);
    return application.answer(request, timeoutMs);
  }
}
