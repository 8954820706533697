import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Folder of the workspace: pages are files of it, also those that stand beside the code. */
export const root = join(import.meta.dirname, '../../../..');

/** Files of the workspace that are pages, besides those of this folder, by their place in the site. */
const further: readonly (readonly [pattern: RegExp, page: string])[] = [
  [/^packages\/([\w-]+)\/README\.md$/, 'packages/$1.md'],
  [/^packages\/cli\/OPTIONS\.md$/, 'packages/cli-options.md'],
  [/^examples\/data\/README\.md$/, 'guide/data.md'],
  [/^docs\/(architecture|decisions\/[\w-]+)\.md$/, 'contribute/$1.md'],
  [/^CONTRIBUTING\.md$/, 'contribute/index.md'],
];

/** Folders and files that a page speaks of: programs on a page of theirs, folders by what is said of them. */
const places: readonly (readonly [pattern: RegExp, place: string])[] = [
  [/^examples\/(?:README\.md)?$/, 'guide/examples.md'],
  [/^examples\/([\w-]+)\.ts$/, 'guide/examples.md#$1ts'],
  [/^examples\/data\/?$/, 'guide/data.md'],
  [/^README\.md$/, 'index.md'],
  [/^apps\/playground\/?(?:README\.md)?$/, 'measured/playground.md'],
  [/^docs\/?$/, 'contribute/architecture.md'],
];

/** Which files of the workspace are pages: patterns of those that are none. */
export const noPages: readonly string[] = [
  '**/node_modules/**',
  '**/dist/**',
  '.*/**',
  'api/**',
  'bench/**',
  'tooling/**',
  'scripts/**',
  'apps/playground/**',
  'apps/docs/README.md',
  'examples/README.md',
  'README.md',
  'packages/*/CHANGELOG.md',
];

/** Where a page of the workspace stands in the site: `papers/grokking.md`. */
export function pageOf(file: string): string {
  for (const [pattern, page] of further) {
    if (pattern.test(file)) return file.replace(pattern, page);
  }
  return file.replace(/^apps\/docs\//, '');
}

/**
 * Where a relative link of a page leads in the site; undefined for a file that the site does not have.
 *
 * @param file the page, from the workspace
 * @param link such as `../deep-rfm.md#depth`
 */
export function targetOf(file: string, link: string): string | undefined {
  const [path = '', hash] = link.split('#');
  const anchor = hash === undefined ? '' : `#${hash}`;
  const target = posix.join(posix.dirname(file), decodeURI(path));
  for (const [pattern, place] of places) {
    if (!pattern.test(target)) continue;
    const page = `/${target.replace(pattern, place)}`;
    return page.includes('#') ? page : page + anchor;
  }
  const readme = posix.join(target, 'README.md');
  const full = join(root, target);
  if (existsSync(full) && statSync(full).isDirectory() && existsSync(join(root, readme))) {
    return `/${pageOf(readme)}${anchor}`;
  }
  if (target.endsWith('.md')) return `/${pageOf(target)}${anchor}`;
  if (/^apps\/docs\/papers\/results\/.*\.json$/.test(target)) {
    return `/${target.replace(/^apps\/docs\//, '')}`;
  }
  return undefined;
}
