import { join } from 'node:path';
import { Assembly } from '../../local/deploy/assembly.ts';

/** The environment `local` as test/synthesize.ts made it, functions bundled. */
export function stageAssembly(): Assembly {
  const folder = process.env['UNDERSTUDY_TEMPLATES'];
  if (folder === undefined)
    throw new Error('No templates: jest.config.json has to name test/synthesize.ts as globalSetup.');
  return new Assembly(join(folder, 'stage'));
}
