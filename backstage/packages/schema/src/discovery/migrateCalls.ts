import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a package's own code runs Knex migrations, and whether it says more than a directory there. */
export interface MigrateCalls {
  readonly plain: number;
  readonly special: number;
}

const CALL = /\.migrate\s*\.\s*(?:latest|up)\s*\(([^)]*)\)/g;
const SPECIAL = /tableName|schemaName|migrationSource|loadExtensions/;

export function migrateCalls(packageDir: string): MigrateCalls {
  const code = ['dist', 'src'].map((name) => join(packageDir, name)).find(existsSync);
  const calls = { plain: 0, special: 0 };
  if (!code) return calls;
  for (const entry of readdirSync(code, { recursive: true, encoding: 'utf8' })) {
    if (!/\.[cm]?[jt]s$/.test(entry) || entry.endsWith('.d.ts')) continue;
    for (const call of findCalls(readFileSync(join(code, entry), 'utf8'))) calls[call] += 1;
  }
  return calls;
}

export function findCalls(source: string): (keyof MigrateCalls)[] {
  return [...source.matchAll(CALL)].map((call) => (SPECIAL.test(call[1] ?? '') ? 'special' : 'plain'));
}
