import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installBackstage, installRoot } from './install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {{ backstage: boolean }} what to set up besides the root */
export async function setUp({ backstage }) {
  await installRoot(root);
  if (backstage) await installBackstage(root);
}
