export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the whole answer took, in milliseconds of process time. */
  readonly ms: number;
}

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
