import { Assembly } from '../../../local/deploy/assembly.ts';

/** As synthesize.ts made it. */
export function shortenedAssembly(): Assembly {
  const folder = process.env['UNDERSTUDY_TEMPLATES'];
  if (folder === undefined) throw new Error('No templates: run it by npm run test:faults.');
  return new Assembly(folder);
}
