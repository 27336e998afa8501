import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

/** Files of a folder, each with the files of this repository that it imports. */
function imports(folder: string): { file: string; imported: string }[] {
  return globSync('**/*.ts', { cwd: join(root, folder) }).flatMap((name) => {
    const file = join(root, folder, name);
    const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
    return [...specifiers].map(([, specifier = '']) => ({
      file: relative(root, file),
      imported: relative(root, resolve(file, '..', specifier)),
    }));
  });
}

describe('dependencies point one way', () => {
  test.each(['lib', 'lambda', 'bin'])('nothing under %s/ knows of the local stage', (folder) => {
    const found = imports(folder);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ imported }) => imported.startsWith('local/'))).toEqual([]);
  });

  test('the command line imports of the rest only the domain', () => {
    const found = imports('cli').filter(({ imported }) => !imported.startsWith('cli/'));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ imported }) => !imported.startsWith('lambda/domain/'))).toEqual([]);
  });

  test('lib imports of lambda only the domain', () => {
    const found = imports('lib').filter(({ imported }) => imported.startsWith('lambda/'));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ imported }) => !imported.startsWith('lambda/domain/'))).toEqual([]);
  });

  test('the domain imports nothing but itself', () => {
    expect(imports('lambda/domain').filter(({ imported }) => !imported.startsWith('lambda/domain/'))).toEqual([]);
  });

  test('the AWS adapters import no step', () => {
    expect(imports('lambda/aws').filter(({ imported }) => imported.startsWith('lambda/steps/'))).toEqual([]);
  });
});
