import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Mutant } from './mutants.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * Bundles the functions that have the defect, as `cdk deploy` would, but for one line.
 * @returns folders by state
 * @throws when the line is not in the file once: then the mutant has to be written anew
 */
export async function buildMutant(mutant: Mutant, folder: string): Promise<Map<string, string>> {
  const path = join(root, mutant.file);
  const source = readFileSync(path, 'utf8');
  const found = source.split(mutant.from).length - 1;
  if (found !== 1)
    throw new Error(`${mutant.file} has ${JSON.stringify(mutant.from)} ${found} times: write the mutant anew.`);
  const contents = source.replace(mutant.from, () => mutant.to);
  const built = new Map<string, string>();
  for (const state of mutant.states) {
    const outfolder = join(folder, state);
    await build({
      absWorkingDir: root,
      entryPoints: [`lambda/steps/${state.toLowerCase()}.ts`],
      outfile: join(outfolder, 'index.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
      plugins: [
        {
          name: 'mutant',
          setup: (bundler) =>
            bundler.onLoad({ filter: /\.ts$/ }, (file) => (file.path === path ? { contents, loader: 'ts' } : null)),
        },
      ],
    });
    built.set(state, outfolder);
  }
  return built;
}
