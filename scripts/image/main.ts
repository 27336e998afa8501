import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ECRClient } from '@aws-sdk/client-ecr';
import { serviceNames } from '../../lambda/domain/names.ts';
import { ConfigError, environmentConfig } from '../../lib/config/config.ts';
import { build } from './build.ts';
import { check } from './check/main.ts';
import { type Command, read } from './command-line.ts';
import { findEngine, ImageError } from './engine.ts';
import { push } from './push.ts';

const root = join(import.meta.dirname, '..', '..');

function head(): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

/** Where to push to, checked before minutes are spent on a build. */
function destination({ environment, service }: Command) {
  if (environment === null) return null;
  const config = environmentConfig(environment);
  if (config.services[service] === undefined) {
    throw new ImageError(
      `${environment} has no service ${JSON.stringify(service)}; its services: ${Object.keys(config.services).join(', ')}.`,
    );
  }
  return { region: config.region, repository: serviceNames(config.name, service).repository };
}

async function main(command: Command): Promise<void> {
  const folder = join(root, command.folder);
  if (!existsSync(join(folder, 'Dockerfile'))) {
    throw new ImageError(`${folder} has no Dockerfile; give the folder that has: --folder.`);
  }
  const to = command.action === 'push' ? destination(command) : null;
  const engine = findEngine();
  const commit = head();
  const version = command.version ?? `0.0.0-${commit.slice(0, 12) || 'unknown'}`;
  const image = await build(engine, { folder, name: command.service, version, commit });
  console.log(`Built ${image}`);
  if (to === null) return;
  const ecr = new ECRClient({ region: to.region });
  const { name, digest } = await push(engine, ecr, { image, repository: to.repository, tag: version });
  console.log(`Pushed ${name}\n       ${digest}`);
}

const [first, ...others] = process.argv.slice(2);
const wanted = read(process.argv.slice(2));
if (first === 'check') {
  try {
    process.exitCode = await check(others);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
} else if ('say' in wanted) {
  (wanted.exitCode === 0 ? console.log : console.error)(wanted.say);
  process.exitCode = wanted.exitCode;
} else {
  try {
    await main(wanted.command);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What AWS refuses says enough by itself; a bug needs its stack.
    const expected = error instanceof ImageError || error instanceof ConfigError || '$fault' in error;
    console.error(expected || error.name === 'CredentialsProviderError' ? error.message : error.stack);
    process.exitCode = 1;
  }
}
