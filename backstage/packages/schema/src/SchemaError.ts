export type SchemaErrorKind =
  | 'unplaced'
  | 'diverged'
  | 'locked'
  | 'migration-failed'
  | 'interrupted'
  | 'manifest'
  | 'irreversible'
  | 'scratch'
  | 'configuration'
  | 'unavailable';

export interface Culprit {
  readonly plugin?: string;
  readonly package?: string;
  readonly migration?: string;
}

export class SchemaError extends Error {
  override readonly name = 'SchemaError';

  constructor(
    readonly kind: SchemaErrorKind,
    message: string,
    readonly culprit: Culprit = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function toSchemaError(error: unknown): SchemaError {
  if (error instanceof SchemaError) return error;
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new SchemaError('unavailable', message, {}, { cause: error });
}
