import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { App } from '../src/app';
import { manifest } from '../src/commands/manifest';
import { readManifest } from '../src/manifest';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'schema-manifest-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const app = (tables: string[]): App =>
  ({
    sets: tables.map((table) => ({ plugin: 'catalog', package: `package-of-${table}`, directory: dir, table })),
    unplaced: [{ package: 'plugin-odd', reason: 'is odd' }],
  }) as unknown as App;

const written = () => JSON.stringify(manifest(app(['knex_migrations'])));

it('names the migrations of each set by plugin, in the order in which they run, and what is not placed', () => {
  for (const file of ['2.js', '1.js', 'README.md']) writeFileSync(join(dir, file), '');
  expect(manifest(app(['a', 'b']))).toEqual({
    ok: true,
    format: 1,
    plugins: [
      {
        plugin: 'catalog',
        sets: [
          { package: 'package-of-a', table: 'a', migrations: ['1.js', '2.js'] },
          { package: 'package-of-b', table: 'b', migrations: ['1.js', '2.js'] },
        ],
      },
    ],
    unplaced: [{ package: 'plugin-odd', reason: 'is odd' }],
  });
});

it.each<[string, (text: string) => string]>([
  ['a file', (text) => (writeFileSync(join(dir, 'manifest.json'), text), join(dir, 'manifest.json'))],
  ['the argument itself', (text) => text],
  ['gzip in base64', (text) => gzipSync(text).toString('base64')],
])('is read back from %s', (_what, give) => {
  expect(readManifest(give(written()))).toEqual(JSON.parse(written()));
});

it.each<[string, string, string]>([
  ['a file that is missing', '/nowhere/manifest.json', '/nowhere/manifest.json'],
  ['what is not JSON', '{', 'not JSON'],
  ['another format', '{"format":2}', 'format is 2, not 1'],
  ['the line of another command', '{"ok":true,"plugins":[]}', 'format is missing'],
  ['no plugins at all', '{"format":1,"plugins":[],"unplaced":[]}', 'names no plugin'],
  ['a set without migrations', '{"format":1,"plugins":[{"plugin":"a","sets":[{"table":"t"}]}]}', 'migrations'],
  ['broken base64', 'H4sIAAAA', 'Cannot read'],
])('refuses %s, and says why', (_what, source, reason) => {
  expect(() => readManifest(source)).toThrow(expect.objectContaining({ kind: 'manifest' }));
  expect(() => readManifest(source)).toThrow(reason);
});
