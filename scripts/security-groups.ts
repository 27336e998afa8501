import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNamesAllowed } from '../lib/config/config.ts';
import { synthesize } from '../lib/synthesis.ts';
import type { Template } from './security-groups/paths.ts';
import { securityGroupTable, withTable } from './security-groups/table.ts';

// npm run docs:security-groups: writes who may speak to whom into docs/infrastructure.md, from the templates.
const page = join(import.meta.dirname, '..', 'docs', 'infrastructure.md');
const folder = mkdtempSync(join(tmpdir(), 'understudy-docs-'));
try {
  const templates = new Map<string, Template>(
    environmentNamesAllowed.map((name) => [
      name,
      synthesize(name, join(folder, name)).getStackByName(`understudy-${name}-network`).template,
    ]),
  );
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), securityGroupTable(templates)));
} finally {
  rmSync(folder, { recursive: true });
}
