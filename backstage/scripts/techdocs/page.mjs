import { posix } from 'node:path';
import { marked } from 'marked';

/** A markdown file, its address in the site and its text; an index page stands for its folder. */
export function readPage(path, markdown) {
  const title = /^#\s+(.+)$/m.exec(markdown)?.[1]?.trim() ?? posix.basename(path, '.md');
  return { path, url: urlOf(path), title, markdown };
}

export function urlOf(path) {
  const bare = path.replace(/\.md$/, '').replace(/(^|\/)(index|README)$/, '$1');
  return bare === '' || bare.endsWith('/') ? bare : `${bare}/`;
}

/** From the folder of one page to another address of the site. */
export function linkTo(from, to) {
  const path = posix.relative(`/${from}`, `/${to}`);
  return path === '' ? './' : to.endsWith('/') || to === '' ? `${path}/` : path;
}

export function renderBody(page, knownPaths) {
  const renderer = new marked.Renderer();
  const heading = renderer.heading;
  renderer.heading = function (token) {
    return heading.call(this, token).replace(/^<h(\d)>/, `<h$1 id="${anchorOf(token.text)}">`);
  };
  const walkTokens = (token) => {
    if (token.type === 'link') token.href = rewrite(page, token.href, knownPaths);
    if (token.type === 'image') token.href = rewrite(page, token.href, knownPaths);
  };
  return marked(page.markdown, { renderer, walkTokens, gfm: true });
}

/** Links between the files of the repository become links between the pages. */
function rewrite(page, href, knownPaths) {
  if (/^([a-z]+:|#|\/)/i.test(href)) return href;
  const [path, anchor] = href.split('#');
  const file = posix.join(posix.dirname(page.path), path);
  const to = knownPaths.has(file) ? urlOf(file) : file;
  return linkTo(page.url, to) + (anchor ? `#${anchor}` : '');
}

function anchorOf(text) {
  return text
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s+/g, '-');
}
