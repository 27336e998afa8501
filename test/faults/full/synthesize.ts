import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../stage/assembly.ts';

/** Jest's globalSetup for the long tests. */
export default function synthesizeShortened(): void {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-templates-'));
  synthesize(folder);
  process.env['UNDERSTUDY_TEMPLATES'] = folder;
}
