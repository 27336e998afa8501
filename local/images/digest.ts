import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export type Digest = `sha256:${string}`;

/** @param skip tells by name what is not part of the content (installed modules, say). */
async function files(folder: string, skip: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (skip(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await files(path, skip)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

/**
 * The digest of a folder's content: names and bytes of its regular files, whatever their order, owner or
 * age. Links are left out, because where they lead differs from machine to machine.
 */
export async function contentDigest(folder: string, skip: (name: string) => boolean = () => false): Promise<Digest> {
  const hash = createHash('sha256');
  const named = (await files(folder, skip)).map((path) => [relative(folder, path).split(sep).join('/'), path] as const);
  for (const [name, path] of named.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const content = await readFile(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return `sha256:${hash.digest('hex')}`;
}
