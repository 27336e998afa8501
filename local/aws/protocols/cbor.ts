import { CborCodec } from '@smithy/core/cbor';
import type { Protocol } from './protocol.ts';

const codec = new CborCodec();

/**
 * Smithy RPC v2 CBOR, which the AWS CLI speaks to CloudWatch.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const rpcV2Cbor: Protocol = {
  operation: (request) => /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(request.url.pathname)?.[1] ?? null,

  async read(request, schema) {
    if (!schema.input.isStructSchema() || request.body.length === 0) return {};
    return codec.createDeserializer().read(schema.input, request.body);
  },

  write(schema, output, requestId) {
    if (!schema.output.isStructSchema()) return { status: 200, headers: cborHeaders(requestId), body: '' };
    const serializer = codec.createSerializer();
    serializer.write(schema.output, output);
    return { status: 200, headers: cborHeaders(requestId), body: serializer.flush() };
  },

  error(error, requestId) {
    const serializer = codec.createSerializer();
    serializer.write(documentSchema, { __type: error.name, message: error.message });
    return { status: error.status, headers: cborHeaders(requestId), body: serializer.flush() };
  },
};

/** Smithy's sentinel for a document, which carries any JSON value. */
const documentSchema = 15;

function cborHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-requestid': requestId };
}
