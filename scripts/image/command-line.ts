import { parseArgs } from 'node:util';

export const help = `The image of Backstage, or of another service, built and pushed from this machine.

  npm run image -- build                          builds it
  npm run image -- push --environment dev         builds it, pushes it to that environment's repository
  npm run image -- check                          tests it against the contract; check --help

  --service NAME      which service's; backstage unless given
  --folder DIR        where its Dockerfile is; the folder of the service's name unless given
  --version VERSION   the image's tag; 0.0.0-COMMIT unless given
  --environment NAME  dev, production: whose repository and region
  --help              this text

Needs Docker or Podman; pushing needs credentials of the account, found where the AWS CLI finds them.
Exit status: 0 when done, 1 when not, 2 for a wrong command line.`;

export interface Command {
  readonly action: 'build' | 'push';
  readonly service: string;
  readonly folder: string;
  /** Null when none was given. */
  readonly version: string | null;
  /** Null when none was given, which `build` does without. */
  readonly environment: string | null;
}

/** A command, or what is to be said instead of one. */
export type Read = { readonly command: Command } | { readonly say: string; readonly exitCode: 0 | 2 };

const wrong = (why: string): Read => ({ say: `${why}\n\n${help}`, exitCode: 2 });

/** ECR's own words: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html */
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export function read(args: readonly string[]): Read {
  const parsed = parse(args);
  if (typeof parsed === 'string') return wrong(parsed);
  const { values, positionals } = parsed;
  if (values.help) return { say: help, exitCode: 0 };
  const [action, ...rest] = positionals;
  if ((action !== 'build' && action !== 'push') || rest.length > 0) {
    return wrong(`What to do is build or push, not ${JSON.stringify(positionals.join(' '))}.`);
  }
  const { service, folder = service, version = null, environment = null } = values;
  if (version !== null && !tagPattern.test(version)) {
    return wrong(`--version ${JSON.stringify(version)} can be no tag; give letters, digits and . _ -, such as 1.2.3.`);
  }
  if (action === 'push' && environment === null) {
    return wrong('push has to know whose repository: give --environment, such as dev.');
  }
  return { command: { action, service, folder, version, environment } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        service: { type: 'string', default: 'backstage' },
        folder: { type: 'string' },
        version: { type: 'string' },
        environment: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
