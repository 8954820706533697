import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const folders = ['*.md', 'docs/**/*.md', 'apps/**/*.md', 'packages/*/README.md', 'examples/**/*.md'];
const pages = globSync(folders, { cwd: root }).filter((path) => !path.includes('node_modules'));

/**
 * Links that lead nowhere: to a file that is not there, or to a heading that its page does not have. What
 * begins with a slash is a part of the site, whose build checks it.
 */
function deadLinks(page: string, text: string): string[] {
  const withoutCode = text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...withoutCode.matchAll(/\]\((?!https?:|mailto:|\/)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
    .filter(([, path = '', heading]) => {
      const file = join(root, dirname(page), path);
      if (!existsSync(file)) return true;
      if (heading === undefined) return false;
      const target = file.endsWith('.md') ? file : join(file, 'README.md');
      const headings = path === '' ? text : existsSync(target) ? readFileSync(target, 'utf8') : '';
      return !anchors(headings).includes(heading);
    })
    .map(([link]) => `${page}: ${link}`);
}

/** The headings of a page as links name them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('every link within the documentation leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.flatMap((page) => deadLinks(page, readFileSync(join(root, page), 'utf8')))).toEqual([]);
});

test('a dead link is found, one in code is not looked at', () => {
  const text = '# A b, c\n[a](#a-b-c) [b](docs) [c](#none) [d](docs/none.md)\n`[e](none)` [f](https://none)';
  expect(deadLinks('README.md', text)).toEqual(['README.md: ](#none)', 'README.md: ](docs/none.md)']);
});
