import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contentDigest } from './digest.ts';
import type { ImageBase } from './image-store.ts';

/** Not content of a version: what a lockfile brings, what tools leave, what documents. */
const left = new Set(['node_modules', 'coverage', 'dist-types', '.git', 'docs', 'test']);

/**
 * The installed Backstage as the base of images. Its digest covers sources, lockfile and built frontend;
 * the modules are named by the lockfile.
 * @throws when the frontend is not built
 */
export async function backstageBase(folder: string): Promise<ImageBase> {
  if (!existsSync(join(folder, 'packages/app/dist/index.html'))) {
    throw new Error(`${folder} has no built frontend. Run: node scripts/setup.mjs --backstage`);
  }
  return { folder, digest: await contentDigest(folder, (name) => left.has(name)) };
}
