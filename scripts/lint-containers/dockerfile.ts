import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { NoPython, prepareTool, skip } from '../python/virtual-environment.ts';

// Part of npm run lint:containers: no engine is needed to tell what is wrong with a Dockerfile.
const root = join(import.meta.dirname, '../..');
const requirements = join(import.meta.dirname, 'dockerfile-requirements.txt');
try {
  const programs = prepareTool({ name: 'hadolint', requirements, minors: [13, 12, 11] }, (line) => console.log(line));
  const { status } = spawnSync(join(programs, 'hadolint'), [join(root, 'backstage/Dockerfile')], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof NoPython)) throw error;
  skip('the Dockerfile', error);
}
