import { NormalizedSchema } from '@smithy/core/schema';

export interface OperationSchema {
  readonly name: string;
  /** Method, path template and status of a REST operation. */
  readonly http: readonly [method: string, path: string, status: number] | null;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** What a service's errors look like on the wire; the code there may differ from the name that clients raise. */
export interface ErrorSchema {
  readonly code: string;
  readonly status: number;
}

const operationTag = 9;
const errorTag = -3;

/** Reads the schemas that an SDK client package exports beside its commands. */
export class ServiceSchemas {
  readonly #operations = new Map<string, OperationSchema>();
  readonly #errors = new Map<string, ErrorSchema>();

  constructor(clientPackage: object) {
    for (const exported of Object.values(clientPackage)) {
      if (!isSchema(exported)) continue;
      const [tag, , name, traits] = exported;
      if (tag === operationTag) this.#operations.set(name, operation(exported));
      if (tag === errorTag) this.#errors.set(name, error(name, traits));
    }
  }

  operation(name: string): OperationSchema | undefined {
    return this.#operations.get(name);
  }

  operations(): Iterable<OperationSchema> {
    return this.#operations.values();
  }

  error(name: string): ErrorSchema | undefined {
    return this.#errors.get(name);
  }
}

type StaticSchema = readonly [tag: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];

function isSchema(value: unknown): value is StaticSchema {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[2] === 'string';
}

function operation(schema: StaticSchema): OperationSchema {
  const [, , name, traits, input, output] = schema;
  return { name, http: httpTrait(traits), input: normalize(input), output: normalize(output) };
}

/** A shape of a service's model, as the SDK clients export it (`DeploymentInfo$` …) or written by hand. */
export function normalize(reference: unknown): NormalizedSchema {
  // What the clients export is @smithy/types' SchemaRef; that package is no dependency of ours.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return NormalizedSchema.of(reference as Parameters<typeof NormalizedSchema.of>[0]);
}

function httpTrait(traits: unknown): OperationSchema['http'] {
  const http = trait(traits, 'http');
  if (!Array.isArray(http)) return null;
  const [method, path, status] = http;
  return [String(method), String(path), Number(status)];
}

function error(name: string, traits: unknown): ErrorSchema {
  const query = trait(traits, 'awsQueryError');
  const status = trait(traits, 'httpError') ?? (trait(traits, 'error') === 'server' ? 500 : 400);
  if (Array.isArray(query)) return { code: String(query[0]), status: Number(query[1] ?? status) };
  return { code: name, status: Number(status) };
}

function trait(traits: unknown, name: string): unknown {
  return typeof traits === 'object' && traits !== null ? Reflect.get(traits, name) : undefined;
}
