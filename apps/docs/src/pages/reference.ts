import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './site-path.ts';

/** A package, as pages speak of it. */
export interface PackageFacts {
  readonly name: string;
  readonly description: string;
  /** Page of the package in the site. */
  readonly page: string;
  /** What can be imported, with the page of its reference; empty in a site without one. */
  readonly entries: readonly { readonly name: string; readonly page: string }[];
}

/** Whether the site that is made has a reference of what packages export. */
export const hasReference = process.env['AGOP_SITE_REFERENCE'] !== 'none';

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** The package in a folder of `packages`. */
export function packageFacts(folder: string): PackageFacts {
  const text = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8');
  const { name, description, exports = {} }: Manifest = JSON.parse(text);
  const entries = Object.entries(hasReference ? exports : {}).flatMap(([path, target]) => {
    if (typeof target !== 'object' || target === null || !('@agop/source' in target)) return [];
    const entry = name + path.slice(1);
    return { name: entry, page: `/api/modules/${entry.replace('@', '_').replaceAll('/', '_')}.html` };
  });
  return { name, description, page: `/packages/${folder}.html`, entries };
}

/** All packages, by name. */
export function allPackages(): PackageFacts[] {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => !folder.startsWith('.'))
    .map(packageFacts);
}
