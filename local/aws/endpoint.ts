import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import { CallLog } from './call-log.ts';
import { isServiceName, type ServiceModel, type ServiceName, serviceModel } from './clients.ts';
import type { LookUp } from './iam/rule.ts';
import type { Identities } from './identities.ts';
import { type Caller, type Operations, ServiceError } from './operation.ts';
import type { WireRequest, WireResponse } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';

/** Refuses a call that the caller's role does not allow. @throws ServiceError AccessDeniedException */
export type Authorize = (call: {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
}) => void | Promise<void>;

/** A service that is served as it is, by a server of its own: DynamoDB by dynalite. */
export type RawService = (request: WireRequest) => Promise<WireResponse>;

/**
 * Comes between a call that is allowed and its effect: may delay it, forbid it, repeat it, or lose its answer.
 * A ServiceError that it throws reaches the client as AWS's answer.
 */
export type Interference = <Answer>(call: OperationName, effect: () => Promise<Answer>) => Promise<Answer>;

export interface OperationName {
  readonly service: string;
  readonly operation: string;
}

const undisturbed: Interference = (_, effect) => effect();

export interface EndpointOptions {
  readonly clock: Clock;
  readonly identities: Identities;
  readonly authorize: Authorize;
}

interface Signature {
  readonly accessKeyId: string;
  readonly service: string;
}

/**
 * One HTTP server that answers SDK clients and the AWS CLI for all services of the stage. Which service is
 * meant is in the credential scope of the request's signature; the signature itself is not verified.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
export class Endpoint {
  readonly calls = new CallLog();
  readonly #options: EndpointOptions;
  readonly #server: Server;
  readonly #services = new Map<ServiceName, Operations>();
  readonly #raw = new Map<string, RawService>();

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#listen(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  /**
   * @param host the loopback address, unless the stage has a container to itself
   * @returns the URL for `AWS_ENDPOINT_URL` on this machine
   */
  async listen(port = 0, host = '127.0.0.1'): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The endpoint has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Answers the operations of a service; those of an earlier call stay. */
  serve(service: ServiceName, operations: Operations): void {
    this.#services.set(service, { ...this.#services.get(service), ...operations });
  }

  /** Leaves a whole service to a server of its own. */
  serveRaw(service: string, raw: RawService): void {
    this.#raw.set(service, raw);
  }

  /** Calls an operation from within the stage, as an administrator and without a record. */
  readonly lookUp: LookUp = async (service, name, input) => {
    const operation = this.#services.get(service)?.[name];
    if (operation === undefined) throw new Error(`The stage does not serve ${service}:${name}.`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller knows the operation's input
    return operation(input as never, { role: null });
  };

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.handle(await wireRequest(incoming));
    response.writeHead(status, headers);
    response.end(body);
  }

  /** Answers one request, as if it had come over a connection. */
  async handle(request: WireRequest, interfere: Interference = undisturbed): Promise<WireResponse> {
    const signature = readSignature(request);
    if (signature === null) {
      return plainError(403, 'MissingAuthenticationToken', 'The request is not signed (AWS Signature V4).');
    }
    const { service, accessKeyId } = signature;
    const caller = this.#options.identities.caller(accessKeyId);
    const raw = this.#raw.get(service);
    if (raw !== undefined) return this.#callRaw(service, raw, request, caller, interfere);
    if (!isServiceName(service)) return unknownService(service, request);
    return this.#call(service, await serviceModel(service), request, caller, interfere);
  }

  async #call(
    service: ServiceName,
    { schemas, protocols }: ServiceModel,
    request: WireRequest,
    caller: Caller,
    interfere: Interference,
  ): Promise<WireResponse> {
    const requestId = randomUUID();
    const spoken = protocols.find((protocol) => protocol.operation(request) !== null);
    const name = spoken?.operation(request) ?? `${request.method} ${request.url.pathname}`;
    const protocol = spoken ?? protocols[0];
    if (protocol === undefined) throw new Error(`The stage's model of ${service} names no protocol.`);
    const at = this.#options.clock.now();
    try {
      const schema = schemas.operation(name);
      const operation = this.#services.get(service)?.[name];
      if (schema === undefined || operation === undefined) {
        throw new ServiceError('UnknownOperationException', `The stage does not serve ${service}:${name}.`, 404);
      }
      const input = await protocol.read(request, schema);
      await this.#options.authorize({ service, operation: name, input, caller });
      // The schema has given the input the shape that the operation's type asks for.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const output = await interfere({ service, operation: name }, async () => operation(input as never, caller));
      const answer = protocol.write(schema, output, requestId);
      this.#record({ at, service, operation: name, caller, outcome: 'ok', message: '' });
      return answer;
    } catch (error) {
      const { outcome, message, status } = describe(error);
      this.#record({ at, service, operation: name, caller, outcome, message });
      const known = schemas.error(outcome);
      const wire = { name: outcome, code: known?.code ?? outcome, status: known?.status ?? status, message };
      return protocol.error(wire, requestId);
    }
  }

  /** Names, authorizes and records a call as always, and leaves the answer to the service's own server. */
  async #callRaw(
    service: string,
    raw: RawService,
    request: WireRequest,
    caller: Caller,
    interfere: Interference,
  ): Promise<WireResponse> {
    const at = this.#options.clock.now();
    const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    try {
      const input: unknown = JSON.parse(request.body.toString() || '{}');
      await this.#options.authorize({ service, operation, input, caller });
      const answer = await interfere({ service, operation }, () => raw(request));
      const outcome = answer.status < 300 ? 'ok' : `HTTP ${answer.status}`;
      this.#record({ at, service, operation, caller, outcome, message: '' });
      return answer;
    } catch (error) {
      const { outcome, message, status } = describe(error);
      this.#record({ at, service, operation, caller, outcome, message });
      return plainError(status, outcome, message);
    }
  }

  #record(call: { at: number; service: string; operation: string; caller: Caller; outcome: string; message: string }) {
    const { caller, ...rest } = call;
    this.calls.add({ ...rest, role: caller.role });
  }
}

/**
 * Anything but a ServiceError is a defect of the stage, which must not pass for an answer of AWS. Clients do not
 * retry a 501, which would only delay finding it.
 */
function describe(error: unknown): { outcome: string; message: string; status: number } {
  if (error instanceof ServiceError) return { outcome: error.code, message: error.message, status: error.statusCode };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { outcome: 'InternalFailure', message: `The stage itself failed: ${detail}`, status: 501 };
}

async function wireRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const url = new URL(incoming.url ?? '/', 'http://endpoint');
  return { method: incoming.method ?? 'GET', url, headers, body: Buffer.concat(chunks) };
}

function readSignature(request: WireRequest): Signature | null {
  const scope = /Credential=([^/,\s]+)\/\d{8}\/[^/]*\/([^/]+)\/aws4_request/.exec(
    request.headers['authorization'] ?? '',
  );
  const [, accessKeyId, service] = scope ?? [];
  return accessKeyId === undefined || service === undefined ? null : { accessKeyId, service };
}

/** In the form that the client can read: what it cannot read, the AWS CLI reports as that, and not as an error. */
function unknownService(service: string, { headers }: WireRequest): WireResponse {
  const error = { name: 'UnknownService', code: 'UnknownService', status: 404 };
  const message = `The stage has no service "${service}".`;
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    ? queryProtocol('awsQuery', '').error({ ...error, message }, randomUUID())
    : plainError(error.status, error.name, message);
}

function plainError(status: number, name: string, message: string): WireResponse {
  const body = JSON.stringify({ __type: name, message, Message: message });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name }, body };
}
