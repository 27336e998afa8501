import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { clientEnvironment } from './account.ts';
import { deploy } from './deploy.ts';
import { stageEndpoints } from './endpoints.ts';

const localstack = 'http://127.0.0.1:4566';
const stage = 'http://127.0.0.1:4567';
/** The stage's name in the network of docker-compose.localstack.yml. */
const stageFromFunctions = 'http://stage:4567';

const root = join(import.meta.dirname, '..');
const compose = ['compose', '--file', join(root, 'docker-compose.localstack.yml')];

const commands: Readonly<Record<string, (parameters: readonly string[]) => Promise<number>>> = {
  up: () => docker('up', '--detach', '--wait', '--wait-timeout', '600'),
  deploy: async () => {
    await deploy({ localstack, stage, stageFromFunctions });
    return 0;
  },
  release: (parameters) => operate('start', 'backstage', ...parameters),
  rollback: (parameters) => operate('rollback', 'backstage', ...parameters),
  test: releases,
  down: () => docker('down', '--volumes', '--remove-orphans'),
};

/** A good version, the way back after its promotion, and a bad one; the exit codes that they have to end with. */
async function releases(): Promise<number> {
  const steps: readonly (readonly [number, readonly string[]])[] = [
    [0, ['start', 'backstage', 'v1', '--policy', 'hotfix', '--reason', 'a first version', '--wait']],
    [0, ['start', 'backstage', 'v2', '--policy', 'hotfix', '--reason', 'a good version', '--wait']],
    [0, ['rollback', 'backstage', '--reason', 'the version before was better', '--wait']],
    [1, ['start', 'backstage', 'errors', '--policy', 'hotfix', '--reason', 'a bad version', '--wait']],
  ];
  for (const [expected, parameters] of steps) {
    const code = await operate(...parameters);
    if (code === expected) continue;
    console.error(`release ${parameters.join(' ')} ended with exit code ${code}, not ${expected}.`);
    return 1;
  }
  return 0;
}

function operate(...parameters: readonly string[]): Promise<number> {
  return run(process.execPath, [join(root, 'bin/release.ts'), ...parameters], {
    ...clientEnvironment(localstack),
    ...stageEndpoints(stage),
  });
}

function docker(...parameters: readonly string[]): Promise<number> {
  return run('docker', [...compose, ...parameters], {});
}

function run(command: string, parameters: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(command, parameters, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const mend = `Install it, or run the same without Docker: npm run test:localstack`;
      reject(new Error(`${command} could not be started: ${error.message}. ${mend}`));
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const [name = '', ...parameters] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  console.error(`node localstack/cli.ts ${Object.keys(commands).join(' | ')}; not "${name}". See docs/localstack.md.`);
  process.exitCode = 3;
} else {
  try {
    process.exitCode = await command(parameters);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
