import type { HttpRequest, HttpResponse } from '../../lambda/prober/probe.ts';

// The prober's own shapes: on the stage its requests go through this network.
export type { HttpRequest, HttpResponse };

/** The VPC as its members see it: private addresses that answer HTTP. */
export interface Network {
  /**
   * Sends one request to a private address.
   * @throws when the connection is refused, reset, or not answered within `timeoutMs`.
   */
  send(
    to: { readonly ip: string; readonly port: number },
    request: HttpRequest,
    timeoutMs: number,
  ): Promise<HttpResponse>;
}
