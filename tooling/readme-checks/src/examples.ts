import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A program printed in a README. */
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
