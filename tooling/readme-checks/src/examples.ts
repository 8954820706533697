import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A program printed in a README or a page of the documentation. */
export interface Example {
  /** `packages/rfm/README.md, line 12` */
  readonly where: string;
  readonly code: string;
}

const root = resolve(import.meta.dirname, '../../..');

/**
 * The README files that users read: the root's and those of the published packages. That of the program shows
 * commands.
 */
export function readmes(): string[] {
  const libraries = readdirSync(join(root, 'packages')).filter((name) => name !== 'cli');
  const packages = libraries.map((name) => `packages/${name}/README.md`);
  return ['README.md', ...packages.filter((file) => existsSync(join(root, file)))];
}

/** The pages of the documentation. */
export function pages(): string[] {
  const found = globSync('apps/docs/*/*.md', { cwd: root });
  return ['apps/docs/index.md', ...found.filter((page) => !page.includes('node_modules')).toSorted()];
}

/** The programs that a page shows by their file, from the workspace. */
export function shownFiles(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^<<< @\/(\S+)$/gm)].map(([, file = '']) => file);
}

/** Command lines of the shell blocks of a page, without comments. */
export function commandLines(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split(/\n|&&|;/))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The JavaScript and TypeScript blocks of a README, except those marked `no-run`. */
export function examplesOf(readme: string): Example[] {
  const text = readFileSync(join(root, readme), 'utf8');
  return [...text.matchAll(/^```(?:js|ts)(?<mark>[^\n]*)\n(?<code>.*?)^```$/gms)]
    .filter((block) => !block.groups?.['mark']?.includes('no-run'))
    .map((block) => ({
      where: `${readme}, line ${text.slice(0, block.index).split('\n').length}`,
      code: block.groups?.['code'] ?? '',
    }));
}
