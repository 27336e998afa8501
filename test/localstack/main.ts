import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { NoPython, preparePython } from './python.ts';

// npm run test:localstack: prepares LocalStack, then runs the tests here against it. What cannot be prepared is
// skipped by name, and fails where a check that was skipped must not pass for one (CI=true).
const root = join(import.meta.dirname, '../..');
try {
  const python = preparePython((line) => console.log(line));
  const jest = join(root, 'node_modules/.bin/jest');
  const child = spawn(jest, ['--config', 'jest.localstack.config.json', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, UNDERSTUDY_PYTHON: python },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  if (!(error instanceof NoPython)) throw error;
  console.error(`Skipped: LocalStack cannot run here. ${error.message}`);
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
}
