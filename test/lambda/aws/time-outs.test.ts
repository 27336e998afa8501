import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..', '..');

// The SDK takes a `requestTimeout` alone for a warning in the log, and goes on waiting.
test('every request that has a time-out ends with it', () => {
  const sources = globSync('lambda/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const limited = sources.filter((source) => source.includes('requestTimeout'));
  expect(limited.length).toBeGreaterThan(1);
  for (const source of limited) expect(source).toMatch(/requestTimeout: [\d_]+, throwOnRequestTimeout: true/);
});
