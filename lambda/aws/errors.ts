/** The call may succeed when it is made again: the state machine retries a step that ends with it. */
export class Transient extends Error {
  override readonly name = 'Transient';
}

/** Another release has taken the lock: this one must not change anything any more. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}

/** AWS answered, and what it answered can not be worked with. */
export class Unworkable extends Error {
  override readonly name = 'Unworkable';
}

const transientNames = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'RequestThrottled',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalServerError',
  'ServerException',
  'TransactionInProgressException',
  'TimeoutError',
  'CredentialsProviderError',
]);

const transientCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Whether the same call may succeed later: throttling, a server error, or a broken connection.
 * https://docs.aws.amazon.com/general/latest/gr/api-retries.html
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Transient || transientNames.has(error.name)) return true;
  const { code, $metadata } = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  if (typeof code === 'string' && transientCodes.has(code)) return true;
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** Whether AWS refused with an error of this name. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
