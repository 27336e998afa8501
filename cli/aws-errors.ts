import { type ExitCode, exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Target } from './target.ts';

const kinds = {
  noCredentials: ['CredentialsProviderError'],
  expired: [
    'ExpiredToken',
    'ExpiredTokenException',
    'TokenRefreshRequired',
    'SSOTokenProviderFailure',
    'RequestExpired',
  ],
  unknownCredentials: [
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
    'IncompleteSignature',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
  ],
  denied: ['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation'],
  throttled: [
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'ProvisionedThroughputExceededException',
  ],
  noEnvironment: ['StateMachineDoesNotExist', 'ResourceNotFoundException', 'ClusterNotFoundException'],
} as const;

const network = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'TimeoutError',
  'NetworkingError',
]);

/** Whether the same call may well succeed a little later. */
export function isPassing(error: unknown): boolean {
  const { name, code, status } = read(error);
  return is(name, kinds.throttled) || network.has(code) || network.has(name) || status >= 500;
}

/** An error of AWS or of the way there, in words and with what mends it; null for anything else. */
export function explained(error: unknown, target: Target, exitCode: ExitCode = exitCodes.usage): Failure | null {
  const told = words(error, target);
  return told === null ? null : new Failure(told, exitCode);
}

function words(error: unknown, { environment, endpointText, local }: Target): string | null {
  const { name, code, status, message } = read(error);
  if (is(name, kinds.expired) || (is(name, kinds.noCredentials) && /expired/i.test(message))) {
    return `The AWS credentials have expired (${name}). Sign in again, for example: aws sso login.`;
  }
  if (is(name, kinds.noCredentials)) {
    return `No usable AWS credentials were found: ${message} Sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  }
  if (/region is missing/i.test(message)) return 'Which region? Say --region REGION, or set AWS_REGION.';
  if (is(name, kinds.unknownCredentials)) {
    return `${endpointText} does not accept the credentials (${name}: ${message}). Check AWS_PROFILE and AWS_ACCESS_KEY_ID, and the clock of this machine.`;
  }
  if (is(name, kinds.denied)) {
    return `These credentials may not do that: ${message} Use a role of the environment ${environment} that may; docs/cli.md lists what each command calls.`;
  }
  if (is(name, kinds.throttled)) {
    return `AWS answers no more for now, because there are too many calls (${name}). Try again in a minute.`;
  }
  if (is(name, kinds.noEnvironment)) {
    return `There is no environment ${environment} at ${endpointText}: ${message} Check --environment and --region, or deploy it.`;
  }
  if (network.has(code) || network.has(name)) {
    const mend = local
      ? 'Does the stage run there? npm run local -- --keep starts one and tells its address.'
      : 'Check the network, --endpoint and --region.';
    return `${endpointText} cannot be reached (${code || name}). ${mend}`;
  }
  if (status >= 400) return `${endpointText} answered with ${name}: ${message}`;
  return null;
}

function is(name: string, names: readonly string[]): boolean {
  return names.includes(name);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function read(error: unknown): { name: string; code: string; status: number; message: string } {
  const given: { name?: unknown; code?: unknown; message?: unknown; $metadata?: { httpStatusCode?: number } } =
    typeof error === 'object' && error !== null ? error : { message: error };
  return {
    name: text(given.name),
    code: text(given.code),
    status: given.$metadata?.httpStatusCode ?? 0,
    message: text(given.message),
  };
}
