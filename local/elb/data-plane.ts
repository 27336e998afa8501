/** Where the load balancer sends one request at this moment. */
export type Route =
  | {
      readonly kind: 'forward';
      readonly targetGroup: string;
      readonly ip: string;
      readonly port: number;
    }
  /** The listener's fixed answer, or 503 for a target group without a registered target. */
  | { readonly kind: 'fixed'; readonly status: number; readonly body: string; readonly targetGroup: string | null };

/**
 * The side of the load balancer's model that carries traffic. A proxy with real sockets and simulated
 * users both go through it, so that weights, health and metrics are decided in one place.
 */
export interface DataPlane {
  /** Ports of the listeners that exist now, in the load balancer's own numbers (80, 443, 8080 …). */
  listenerPorts(): readonly number[];
  route(listenerPort: number, request: { readonly host: string; readonly path: string }): Route;
  /**
   * Counts how a request went: `status` null when the target refused, reset or timed out (users get
   * 502 or 504), `ms` the target's response time.
   */
  record(route: Route, outcome: { readonly status: number | null; readonly ms: number }): void;
}
