import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { composeFromDebian } from './compose-from-debian.ts';

// Part of npm run lint:containers: has Docker Compose's own client read the file; it needs no engine for that.
const root = join(import.meta.dirname, '../..');

const installed = [['docker', 'compose'], ['docker-compose']].find(([command = '', ...first]) =>
  spawnSync(command, [...first, 'version'], { encoding: 'utf8' }).stdout?.includes(' v2'),
);
try {
  const [command = '', ...first] = installed ?? [composeFromDebian((line) => console.log(line))];
  const file = join(root, 'docker-compose.localstack.yml');
  const { status } = spawnSync(command, [...first, '--file', file, 'config', '--quiet'], { stdio: 'inherit' });
  if (status === 0) console.log('docker-compose.localstack.yml is what Docker Compose reads.');
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`Skipped: docker-compose.localstack.yml. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
}
