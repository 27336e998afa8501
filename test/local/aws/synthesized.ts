import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly, type Template } from '../../../local/deploy/assembly.ts';

export interface Synthesized {
  readonly assembly: Assembly;
  remove(): void;
}

/** A cloud assembly as `cdk synth` would leave it: stacks in the order given, and functions' code by asset hash. */
export function synthesized(stacks: Record<string, Template>, assets: Record<string, string> = {}): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  const artifacts: Record<string, object> = {};
  let previous: string[] = [];
  for (const [name, template] of Object.entries(stacks)) {
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(template));
    const properties = { templateFile: `${name}.template.json` };
    artifacts[name] = { type: 'aws:cloudformation:stack', dependencies: previous, properties };
    previous = [name];
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
  for (const [hash, code] of Object.entries(assets)) {
    mkdirSync(join(folder, `asset.${hash}`));
    writeFileSync(join(folder, `asset.${hash}`, 'index.cjs'), code);
  }
  return { assembly: new Assembly(folder), remove: () => rmSync(folder, { recursive: true }) };
}
