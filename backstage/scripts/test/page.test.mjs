import { linkTo, readPage, renderBody, urlOf } from '../techdocs/page.mjs';

it.each([
  ['index.md', ''],
  ['contract.md', 'contract/'],
  ['handbook/adr/README.md', 'handbook/adr/'],
  ['handbook/adr/0001-title.md', 'handbook/adr/0001-title/'],
])('serves %s at "%s"', (path, url) => {
  expect(urlOf(path)).toBe(url);
});

it.each([
  ['', '', './'],
  ['', 'contract/', 'contract/'],
  ['contract/', '', '../'],
  ['handbook/a/', 'handbook/b/', '../b/'],
  ['contract/', 'picture.svg', '../picture.svg'],
])('links from "%s" to "%s" by "%s"', (from, to, link) => {
  expect(linkTo(from, to)).toBe(link);
});

it('turns links between files into links between pages', () => {
  const page = readPage('handbook/a.md', '# A\n\n[b](adr/b.md#why) [web](https://example.com)');
  const body = renderBody(page, new Set(['handbook/adr/b.md']));
  expect(body).toContain('href="../adr/b/#why"');
  expect(body).toContain('href="https://example.com"');
  expect(body).toContain('<h1 id="a">');
});
