import { invocation } from './command.ts';
import { Failure } from './failure.ts';

/** Which environment of which account a command works on. */
export interface Target {
  readonly environment: string;
  /** Null: as the SDK finds it (AWS_REGION, profile). */
  readonly region: string | null;
  /** Null: AWS itself, or what the SDK reads from AWS_ENDPOINT_URL. */
  readonly endpoint: string | null;
  /** Where calls go, for error messages. */
  readonly endpointText: string;
  /** A stage on this machine, which takes any credentials. */
  readonly local: boolean;
  /** For a stage that nobody has given credentials for. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

export interface TargetOptions {
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** The stage serves one environment in one region. */
const stage = { environment: 'local', region: 'us-east-1' };
const anyCredentials = { accessKeyId: 'engineer', secretAccessKey: 'engineer' };

/**
 * What was given on the command line wins over the environment's variables. A loopback address is the
 * local stage: there nothing else has to be said, and nobody's real credentials are looked up.
 * @throws Failure for a URL that is none, a name that is none, or without any environment
 */
export function targetOf(options: TargetOptions, env: Readonly<Record<string, string | undefined>>): Target {
  const url = options.endpoint ?? env['AWS_ENDPOINT_URL'] ?? '';
  const local = url !== '' && isLoopback(options.endpoint === undefined ? 'AWS_ENDPOINT_URL' : '--endpoint', url);
  const environment = options.environment ?? env['UNDERSTUDY_ENVIRONMENT'] ?? (local ? stage.environment : '');
  if (environment === '') {
    throw new Failure(
      `Which environment? Say --environment NAME, or set UNDERSTUDY_ENVIRONMENT; for the local stage, --endpoint http://127.0.0.1:PORT.\nSee: ${invocation} --help`,
    );
  }
  if (!/^[a-z][a-z0-9-]*$/.test(environment)) {
    throw new Failure(`--environment is "${environment}"; a name has lower-case letters, digits and hyphens.`);
  }
  const region = options.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (local ? stage.region : null);
  return {
    environment,
    region,
    endpoint: options.endpoint ?? null,
    endpointText: url === '' ? `AWS${region === null ? '' : ` in ${region}`}` : url,
    local,
    credentials: local && env['AWS_ACCESS_KEY_ID'] === undefined ? anyCredentials : null,
  };
}

function isLoopback(option: string, text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure(`${option} is "${text}"; it takes a URL such as http://127.0.0.1:4566.`);
  }
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}
