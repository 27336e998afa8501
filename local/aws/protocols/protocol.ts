import type { OperationSchema } from './schema.ts';

export interface WireRequest {
  readonly method: string;
  /** Path and query string as the client sent them. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** An error as it goes over the wire. `name` is what clients raise, `code` what the protocol transmits. */
export interface WireError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** The server's side of one AWS protocol. */
export interface Protocol {
  /** Name of the operation that the request asks for, null when the request is none of this protocol. */
  operation(request: WireRequest): string | null;
  read(request: WireRequest, schema: OperationSchema): Promise<unknown>;
  write(schema: OperationSchema, output: unknown, requestId: string): WireResponse;
  error(error: WireError, requestId: string): WireResponse;
}
