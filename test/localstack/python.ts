import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** There is no Python, or no package index, to run LocalStack with: the reason, in words. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

const root = join(import.meta.dirname, '../..');
const venv = join(root, 'node_modules/.cache/understudy/localstack');
const stamp = join(venv, 'understudy.stamp');
const requirements = join(import.meta.dirname, 'requirements.txt');
const host = join(import.meta.dirname, 'host');

/**
 * Makes a virtual environment with LocalStack and our executor in it, once for each set of requirements.
 * @returns its Python
 * @throws NoPython
 */
export function preparePython(progress: (line: string) => void): string {
  const python = join(venv, 'bin/python');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  const base = findPython();
  progress(`Installing LocalStack into a virtual environment of ${base} (about a minute, 500 MB)`);
  rmSync(venv, { recursive: true, force: true });
  run(base, ['-m', 'venv', venv]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', host]);
  rmSync(join(host, 'build'), { recursive: true, force: true });
  for (const folder of globSync(join(host, '*.egg-info'))) rmSync(folder, { recursive: true, force: true });
  writeFileSync(stamp, wanted);
  return python;
}

function fingerprint(): string {
  const files = [requirements, ...globSync(join(host, '{pyproject.toml,understudy_localstack/*}'))].toSorted();
  const hash = createHash('sha256');
  for (const file of files.filter((each) => !each.includes('__pycache__'))) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** LocalStack 4.14 is written for Python 3.12 and newer; what it depends on has wheels up to 3.13. */
function findPython(): string {
  const candidates = [
    'python3.13',
    'python3.12',
    'python3',
    ...globSync(join(homedir(), '.pyenv/versions/3.1[23]*/bin/python')),
  ];
  const found = candidates.find((each) => {
    const { stdout } = spawnSync(each, ['-c', 'import ensurepip, sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    return stdout === '3 12\n' || stdout === '3 13\n';
  });
  if (found === undefined) throw new NoPython(`No Python 3.12 or 3.13 among ${candidates.join(', ')}. Install one.`);
  return found;
}

function run(command: string, parameters: readonly string[]): void {
  try {
    execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const last = error instanceof Error ? error.message.trim().split('\n').slice(-3).join(' ') : String(error);
    throw new NoPython(`${command} ${parameters.slice(0, 3).join(' ')} failed: ${last}`, { cause: error });
  }
}
