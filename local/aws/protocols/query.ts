import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Protocol, WireError, WireResponse } from './protocol.ts';
import { type Dialect, readQueryInput } from './query-input.ts';
import { normalize, type OperationSchema } from './schema.ts';

const structureTag = 3;
const stringSchema = 0;

/** A member's schema as the tuples hold it, or one that knows its member name already. */
type Shape = ReturnType<NormalizedSchema['getSchema']> | NormalizedSchema;

/**
 * awsQuery and ec2Query: form parameters in, XML out. The two differ in how they nest results and errors.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function queryProtocol(dialect: Dialect, xmlNamespace: string): Protocol {
  const xml = (schema: NormalizedSchema, value: unknown): string => {
    const serializer = new XmlShapeSerializer({
      timestampFormat: { useTrait: true, default: 5 },
      xmlNamespace,
      serviceNamespace: 'stage',
    });
    serializer.write(schema, value);
    return String(serializer.flush());
  };
  return {
    operation: (request) => new URLSearchParams(request.body.toString()).get('Action'),
    async read(request, schema) {
      return readQueryInput(schema.input, new URLSearchParams(request.body.toString()), dialect);
    },
    write: (schema, output, requestId) =>
      answer(
        200,
        requestId,
        dialect === 'awsQuery' ? nested(xml, schema, output, requestId) : flat(xml, schema, output),
      ),
    error: (error, requestId) => answer(error.status, requestId, errorDocument(xml, dialect, error, requestId)),
  };
}

type Xml = (schema: NormalizedSchema, value: unknown) => string;

/** `<FooResponse><FooResult>…</FooResult><ResponseMetadata>…</ResponseMetadata></FooResponse>` */
function nested(xml: Xml, schema: OperationSchema, output: unknown, requestId: string): string {
  const result = `${schema.name}Result`;
  const metadata = structure('ResponseMetadata', ['RequestId'], [stringSchema]);
  if (!schema.output.isStructSchema()) {
    return xml(structure(`${schema.name}Response`, ['ResponseMetadata'], [metadata.getSchema()]), {
      ResponseMetadata: { RequestId: requestId },
    });
  }
  return xml(
    structure(
      `${schema.name}Response`,
      [result, 'ResponseMetadata'],
      [schema.output.getSchema(), metadata.getSchema()],
    ),
    {
      [result]: output,
      ResponseMetadata: { RequestId: requestId },
    },
  );
}

/** `<FooResponse>…</FooResponse>` */
function flat(xml: Xml, schema: OperationSchema, output: unknown): string {
  const members = schema.output.isStructSchema() ? [...schema.output.structIterator()] : [];
  const names = members.map(([name]) => name);
  const schemas = members.map(([, member]) => member);
  return xml(structure(`${schema.name}Response`, names, schemas), output);
}

function errorDocument(xml: Xml, dialect: Dialect, error: WireError, requestId: string): string {
  const content = { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message };
  const errorSchema = structure('Error', ['Type', 'Code', 'Message'], [stringSchema, stringSchema, stringSchema]);
  if (dialect === 'awsQuery') {
    return xml(structure('ErrorResponse', ['Error', 'RequestId'], [errorSchema.getSchema(), stringSchema]), {
      Error: content,
      RequestId: requestId,
    });
  }
  const errors = structure('Errors', ['Error'], [errorSchema.getSchema()]);
  return xml(structure('Response', ['Errors', 'RequestID'], [errors.getSchema(), stringSchema]), {
    Errors: { Error: content },
    RequestID: requestId,
  });
}

/** A structure of our own: the tuple that @smithy/types calls StaticStructureSchema. */
function structure(name: string, members: readonly string[], schemas: readonly Shape[]): NormalizedSchema {
  return normalize([structureTag, 'stage', name, 0, members, schemas]);
}

function answer(status: number, requestId: string, body: string): WireResponse {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}
