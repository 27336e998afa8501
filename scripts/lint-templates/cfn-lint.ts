import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** From PyPI, under MIT-0: https://pypi.org/project/cfn-lint/ */
export const version = '1.58.0';

/** The machine has no cfn-lint, and cannot get it; the message says what it lacks. */
export class NoCfnLint extends Error {
  override readonly name = 'NoCfnLint';
}

const succeeds = (program: string, args: readonly string[], timeout: number): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout }).status === 0;

/**
 * A cfn-lint in a virtual environment of its own, made once and kept with the machine's temporary files.
 *
 * @returns the program's path
 * @throws NoCfnLint without Python 3.10, or where PyPI cannot be reached
 */
export function findCfnLint(folder = join(tmpdir(), `understudy-cfn-lint-${version}`)): string {
  const program = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'cfn-lint');
  if (existsSync(program) && succeeds(program, ['--version'], 60_000)) return program;
  const recent = 'import sys; sys.exit(sys.version_info < (3, 10))';
  const python = ['python3', 'python'].find((name) => succeeds(name, ['-c', recent], 15_000));
  if (python === undefined) throw new NoCfnLint('this machine has no Python 3.10 or newer');
  rmSync(folder, { recursive: true, force: true });
  if (!succeeds(python, ['-m', 'venv', folder], 120_000)) {
    throw new NoCfnLint(`${python} cannot make a virtual environment; its module venv may be missing`);
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `cfn-lint==${version}`];
  const venvPython = join(program, '..', 'python');
  if (!succeeds(venvPython, pip, 300_000)) {
    rmSync(folder, { recursive: true, force: true });
    throw new NoCfnLint(`cfn-lint ${version} cannot be installed from PyPI; try: pip download cfn-lint==${version}`);
  }
  return program;
}
