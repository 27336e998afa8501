import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresOwner } from './binaries.ts';

/**
 * Makes an empty folder for temporary files that PostgreSQL's user can reach too: where we are root, that is
 * another one, and TMPDIR may lie where only root comes.
 */
export function makeReachableFolder(
  prefix: string,
  parents: readonly string[] = [tmpdir(), '/tmp', '/var/tmp'],
): string {
  const owner = postgresOwner();
  const reaches = (folder: string) => spawnSync('test', ['-x', folder], { ...owner }).status === 0;
  const parent = parents.find((candidate) => existsSync(candidate) && (owner === null || reaches(candidate)));
  if (parent === undefined) {
    throw new Error(
      `PostgreSQL's files need a folder that every user can reach; none of ${parents.join(', ')} is. Set TMPDIR to one.`,
    );
  }
  const folder = mkdtempSync(join(parent, prefix));
  chmodSync(folder, 0o711);
  return folder;
}
