import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { NoPython, prepareTool, skip } from '../../scripts/python/virtual-environment.ts';

// npm run test:localstack: prepares LocalStack, then runs the tests here against it.
const root = join(import.meta.dirname, '../..');

/** LocalStack 4.14 is written for Python 3.12 and newer; what it depends on has wheels up to 3.13. */
const localstack = {
  name: 'localstack',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  minors: [13, 12],
  package: join(import.meta.dirname, 'host'),
};

try {
  const programs = prepareTool(localstack, (line) => console.log(`${line} (about a minute, 500 MB)`));
  const jest = join(root, 'node_modules/.bin/jest');
  const child = spawn(jest, ['--config', 'jest.localstack.config.json', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, UNDERSTUDY_PYTHON: join(programs, 'python') },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  if (!(error instanceof NoPython)) throw error;
  skip('the release workflow on LocalStack', error);
}
