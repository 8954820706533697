import { globSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** Pages whose own links are those of a tool. */
const toolPages = /^api\//;

/**
 * Links, pictures and scripts of built pages that lead nowhere within the site: to no file, or to no element
 * of its page.
 *
 * @returns each link, as its first page has it, with that page and the number of further ones
 */
export function deadLinks(folder: string): string[] {
  const files = new Set(
    globSync('**/*', { cwd: folder })
      .map((name) => name.split(sep).join('/'))
      .filter((name) => statSync(join(folder, name)).isFile()),
  );
  const pages = [...files].filter((name) => name.endsWith('.html') && !toolPages.test(name)).toSorted();
  const ids = new Map<string, ReadonlySet<string>>();
  const idsOf = (page: string): ReadonlySet<string> => {
    const known = ids.get(page) ?? idsIn(readFileSync(join(folder, page), 'utf8'));
    ids.set(page, known);
    return known;
  };
  const found = new Map<string, string[]>();
  for (const page of pages) {
    for (const link of linksOf(readFileSync(join(folder, page), 'utf8'))) {
      if (/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(link)) continue;
      const [path = '', hash = ''] = link.split('#');
      const name = path === '' ? page : posix.join(posix.dirname(page), decodeURI(path.replace(/\?.*$/, '')));
      const target = name === '.' || name.endsWith('/') ? posix.join(name, 'index.html') : name;
      const isDead =
        path.startsWith('/') ||
        !files.has(target) ||
        (hash !== '' && /\.html$/.test(target) && !isPanel(target) && !idsOf(target).has(decodeURI(hash)));
      const key = `${target}${hash && `#${hash}`}`;
      if (isDead) found.set(key, [...(found.get(key) ?? []), `${page}: ${link}`]);
    }
  }
  return [...found.values()].map(([first = '', ...others]) =>
    others.length === 0 ? first : `${first} (and on ${others.length} more pages)`,
  );
}

/** The playground reads which panel it shows from the address. */
function isPanel(page: string): boolean {
  return page === 'playground/index.html';
}

function linksOf(html: string): Set<string> {
  const links = html.matchAll(/<(?:a|img|script|link|source)\b[^>]*?\s(?:href|src)="([^"]*)"/g);
  return new Set([...links].map(([, link = '']) => link.replaceAll('&amp;', '&')));
}

function idsIn(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id));
}
