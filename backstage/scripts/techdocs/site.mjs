import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { linkTo, renderBody } from './page.mjs';

/** All the files of the site, as pairs of path and content. */
export function renderSite(pages, stylesheet) {
  const ordered = [...pages].toSorted((a, b) => a.url.localeCompare(b.url));
  const paths = new Set(pages.map((page) => page.path));
  const rendered = ordered.map((page) => ({ ...page, body: renderBody(page, paths) }));
  const html = rendered.map((page) => [posix.join(page.url, 'index.html'), renderPage(page, ordered, stylesheet)]);
  // From the content, not from the clock: the same pages make the same image.
  const etag = createHash('sha256').update(JSON.stringify(html)).digest('hex');
  const metadata = {
    site_name: 'Understudy',
    site_description: 'How Backstage is released, and taken back',
    etag,
    build_timestamp: Number.parseInt(etag.slice(0, 8), 16),
    files: html.map(([path]) => path),
  };
  const index = {
    config: { lang: ['en'], separator: '[\\s\\-]+' },
    docs: rendered.map(({ url, title, body }) => ({ location: url, title, text: textOf(body) })),
  };
  return [
    ...html,
    ['techdocs_metadata.json', JSON.stringify(metadata, null, 2)],
    ['search/search_index.json', JSON.stringify(index)],
  ];
}

function renderPage(page, pages, stylesheet) {
  const items = pages.map((other) => {
    const active = other.url === page.url;
    const depth = other.url.split('/').length - 1;
    const classes = `md-nav__link${active ? ' md-nav__link--active' : ''}`;
    return (
      `<li class="md-nav__item depth-${Math.min(depth, 3)}">` +
      `<a class="${classes}" href="${linkTo(page.url, other.url)}">${escape(other.title)}</a></li>`
    );
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escape(page.title)}</title>
<link rel="stylesheet" href="${linkTo(page.url, stylesheet)}">
</head>
<body dir="ltr">
<div class="md-container"><main class="md-main"><div class="md-main__inner md-grid">
<div class="md-sidebar md-sidebar--primary"><div class="md-sidebar__scrollwrap"><nav class="md-nav md-nav--primary">
<ul class="md-nav__list">
${items.join('\n')}
</ul></nav></div></div>
<div class="md-content"><article class="md-content__inner md-typeset">
${page.body}
</article></div>
</div></main></div>
</body>
</html>
`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function textOf(html) {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
