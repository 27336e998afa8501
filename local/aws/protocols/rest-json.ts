import { JsonCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Protocol, WireRequest, WireResponse } from './protocol.ts';
import type { OperationSchema, ServiceSchemas } from './schema.ts';

const codec = new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: true });

/**
 * restJson1: operations are methods on paths; parts of input and output travel in path, query and headers.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function restJson(schemas: ServiceSchemas): Protocol {
  return {
    operation: (request) => find(schemas, request)?.name ?? null,
    read: (request, schema) => readInput(request, schema),
    write: writeOutput,
    error: (error, requestId) => ({
      status: error.status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': error.name,
      },
      body: JSON.stringify({ message: error.message, Message: error.message }),
    }),
  };
}

function writeOutput(schema: OperationSchema, output: unknown, requestId: string): WireResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  let status = schema.http?.[2] ?? 200;
  if (!schema.output.isStructSchema()) return { status, headers, body: '' };
  let body: string | Uint8Array | null = null;
  for (const [name, member] of schema.output.structIterator()) {
    const value = isRecord(output) ? output[name] : undefined;
    const { httpHeader, httpResponseCode, httpPayload } = member.getMergedTraits();
    if (httpHeader !== undefined && typeof value === 'string') headers[httpHeader.toLowerCase()] = value;
    if (httpResponseCode !== undefined && typeof value === 'number') status = value;
    if (httpPayload !== undefined) body = value instanceof Uint8Array ? value : JSON.stringify(value ?? null);
  }
  if (body === null) {
    const serializer = codec.createSerializer();
    serializer.write(schema.output, output);
    body = serializer.flush();
  }
  return { status, headers, body };
}

function find(schemas: ServiceSchemas, request: WireRequest): OperationSchema | undefined {
  for (const schema of schemas.operations()) {
    if (schema.http?.[0] === request.method && labels(schema, request) !== null) return schema;
  }
  return undefined;
}

/** The values of the path's labels (`/functions/{FunctionName}`), null when the path is not the operation's. */
function labels(schema: OperationSchema, request: WireRequest): Map<string, string> | null {
  const template = (schema.http?.[1] ?? '').split('?')[0]?.split('/') ?? [];
  const path = request.url.pathname.split('/');
  if (template.length !== path.length) return null;
  const found = new Map<string, string>();
  for (const [index, part] of template.entries()) {
    const actual = path[index] ?? '';
    const label = /^\{(\w+)\+?\}$/.exec(part)?.[1];
    if (label === undefined) {
      if (part !== actual) return null;
    } else {
      found.set(label, decodeURIComponent(actual));
    }
  }
  return found;
}

async function readInput(request: WireRequest, schema: OperationSchema): Promise<unknown> {
  const path = labels(schema, request) ?? new Map<string, string>();
  const input: Record<string, unknown> = {};
  const members = [...schema.input.structIterator()];
  const payload = members.find(([, member]) => member.getMergedTraits().httpPayload !== undefined);
  if (payload !== undefined) input[payload[0]] = request.body;
  else if (request.body.length > 0) {
    Object.assign(input, await codec.createDeserializer().read(schema.input, request.body.toString()));
  }
  for (const [name, member] of members) {
    const value = bound(name, member, path, request);
    if (value !== undefined) input[name] = member.isNumericSchema() ? Number(value) : value;
  }
  return input;
}

function bound(
  name: string,
  member: NormalizedSchema,
  path: ReadonlyMap<string, string>,
  request: WireRequest,
): string | undefined {
  const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits();
  if (httpLabel !== undefined) return path.get(name);
  if (httpQuery !== undefined) return request.url.searchParams.get(httpQuery) ?? undefined;
  if (httpHeader !== undefined) return request.headers[httpHeader.toLowerCase()];
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
