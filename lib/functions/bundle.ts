import { join } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

/** File in the bundle and the export in it, as Lambda's `Handler` names them. */
export const bundleHandler = 'index.handler';

/**
 * Bundles a handler, with everything it imports (the AWS SDK too, so that a release is decided by
 * the version that was tested), into `index.cjs` of a folder.
 *
 * The extension says CommonJS whatever package.json lies above the folder; Lambda's Node.js runtime
 * looks for `.js`, `.mjs` and `.cjs` (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html).
 * The output depends on the sources alone, so an unchanged handler keeps its asset.
 *
 * @param entry path from the repository's root, such as `lambda/steps/open.ts`
 * @throws when the entry, or an import of it, does not exist
 */
export function bundle(entry: string, folder: string): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(folder, 'index.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'silent',
  });
}
