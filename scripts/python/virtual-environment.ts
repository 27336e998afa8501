import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** There is no Python of a fitting version, or no package index, to prepare a tool with: the reason, in words. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

export interface Tool {
  /** Of the virtual environment's folder. */
  readonly name: string;
  /** File with exact versions, as pip reads it. */
  readonly requirements: string;
  /** Minor versions of Python 3 that it runs on, the best one first. */
  readonly minors: readonly number[];
  /** Folder of a package of our own to install as well. */
  readonly package?: string;
}

const cache = join(import.meta.dirname, '../../node_modules/.cache/understudy');

/**
 * Makes a virtual environment with the tool in it, once for each set of requirements.
 *
 * @param progress one line for whoever waits
 * @returns the environment's folder of programs
 * @throws NoPython
 */
export function prepareTool(tool: Tool, progress: (line: string) => void): string {
  const folder = join(cache, tool.name);
  const stamp = join(folder, 'understudy.stamp');
  const wanted = fingerprint(tool);
  const programs = join(folder, 'bin');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return programs;
  const base = findPython(tool.minors);
  progress(`Installing ${tool.name} into a virtual environment of ${base}`);
  rmSync(folder, { recursive: true, force: true });
  run(base, ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(join(programs, 'python'), [...install, '--requirement', tool.requirements]);
  if (tool.package !== undefined) {
    run(join(programs, 'python'), [...install, '--no-deps', tool.package]);
    for (const left of globSync(join(tool.package, '{build,*.egg-info}'))) rmSync(left, { recursive: true });
  }
  writeFileSync(stamp, wanted);
  return programs;
}

function fingerprint({ requirements, package: own }: Tool): string {
  const ours = own === undefined ? [] : globSync(join(own, '{*.toml,*/*.{py,cjs}}')).toSorted();
  const hash = createHash('sha256');
  for (const file of [requirements, ...ours]) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function findPython(minors: readonly number[]): string {
  const candidates = minors.flatMap((minor) => [
    `python3.${minor}`,
    ...globSync(join(homedir(), `.pyenv/versions/3.${minor}.*/bin/python`)),
  ]);
  const found = [...candidates, 'python3'].find((each) => {
    const { stdout } = spawnSync(each, ['-c', 'import ensurepip, sys; print(sys.version_info[1])'], {
      encoding: 'utf8',
    });
    return minors.some((minor) => stdout === `${minor}\n`);
  });
  if (found !== undefined) return found;
  const versions = minors.map((minor) => `3.${minor}`).join(' or ');
  throw new NoPython(`There is no Python ${versions} with venv and pip. Install one, such as python3.${minors[0]}.`);
}

function run(command: string, parameters: readonly string[]): void {
  try {
    execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const last = error instanceof Error ? error.message.trim().split('\n').slice(-3).join(' ') : String(error);
    throw new NoPython(`${command} ${parameters.slice(0, 3).join(' ')} failed: ${last}`, { cause: error });
  }
}

/**
 * Ends a script whose tool could not be prepared: skipped by name, and failed where a check that was skipped must
 * not pass for one that was made (`CI=true`).
 */
export function skip(check: string, reason: NoPython): void {
  console.error(`Skipped: ${check}. ${reason.message}`);
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
}
