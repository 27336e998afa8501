// Renders markdown into the layout that TechDocs expects of an external builder: no mkdocs, no Python.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPage } from './page.mjs';
import { renderSite } from './site.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const target = join(root, 'techdocs', 'default', 'system', 'understudy');
// The repository's own documentation joins when the app is built inside a checkout.
const sources = [
  { dir: join(root, 'docs'), at: '' },
  { dir: join(root, '..', 'docs'), at: 'handbook' },
].filter((source) => existsSync(source.dir));

const pages = [];
await rm(target, { recursive: true, force: true });
for (const { dir, at } of sources) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((e) => e.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const path = posix.join(at, relative(dir, file).replaceAll('\\', '/'));
    if (extname(file) === '.md') pages.push(readPage(path, await readFile(file, 'utf8')));
    else await cp(file, join(target, path));
  }
}

const style = await readFile(join(root, 'scripts', 'techdocs', 'style.css'));
// TechDocs drops every stylesheet whose name is not one that mkdocs would give.
const stylesheet = `assets/stylesheets/main.${createHash('sha256').update(style).digest('hex').slice(0, 8)}.min.css`;

const site = renderSite(pages, stylesheet);
for (const [path, content] of [[stylesheet, style], ...site]) {
  await mkdir(dirname(join(target, path)), { recursive: true });
  await writeFile(join(target, path), content);
}
console.log(`${pages.length} pages in ${relative(root, target)}`);
