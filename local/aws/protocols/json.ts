import { JsonCodec } from '@aws-sdk/core/protocols';
import type { Protocol } from './protocol.ts';

const codec = new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

/**
 * awsJson1_0 and awsJson1_1: the operation is in `X-Amz-Target`, input and output are JSON.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const awsJson: Protocol = {
  operation: (request) => request.headers['x-amz-target']?.split('.').at(-1) ?? null,

  async read(request, schema) {
    const text = request.body.toString();
    return schema.input.isStructSchema() ? codec.createDeserializer().read(schema.input, text || '{}') : {};
  },

  write(schema, output, requestId) {
    const serializer = codec.createSerializer();
    if (schema.output.isStructSchema()) serializer.write(schema.output, output);
    const body = schema.output.isStructSchema() ? serializer.flush() : '{}';
    return { status: 200, headers: jsonHeaders(requestId), body };
  },

  error(error, requestId) {
    const body = JSON.stringify({ __type: error.name, message: error.message, Message: error.message });
    // The service with a Query past still announces that protocol's code beside the JSON one.
    // https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
    const fault = error.status < 500 ? 'Sender' : 'Receiver';
    const query: Record<string, string> =
      error.code === error.name ? {} : { 'x-amzn-query-error': `${error.code};${fault}` };
    return { status: error.status, headers: { ...jsonHeaders(requestId), ...query }, body };
  },
};

/** The client reads 1.0 and 1.1 alike; only the request's content type tells them apart. */
function jsonHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId };
}
