import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const left = new Set(['node_modules', 'dist', 'dist-types', 'coverage']);

/**
 * A hash over files and folders, names and contents. What does not exist counts as missing.
 * @param {string} root
 * @param {string[]} names relative to the root
 * @returns {string}
 */
export function hashOf(root, names) {
  const hash = createHash('sha256');
  for (const name of names) add(hash, root, name);
  return hash.digest('hex');
}

function add(hash, root, name) {
  const path = join(root, name);
  if (!existsSync(path)) {
    hash.update(`missing ${name}\0`);
  } else if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).toSorted()) if (!left.has(entry)) add(hash, root, `${name}/${entry}`);
  } else {
    const content = readFileSync(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
}

/**
 * @param {string} file a stamp left by an earlier set-up
 * @param {string} value
 */
export function isStamped(file, value) {
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}
