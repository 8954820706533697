import { join } from 'node:path';

/** Folder of the workspace. */
export const root = join(import.meta.dirname, '../../..');

/** The folder that `pnpm site` makes, which any static host serves. */
export const siteFolder = join(root, 'dist/site');

/** A part of the site: its folder in the workspace, what builds it, and where it stands in the site. */
export interface SiteApp {
  readonly folder: string;
  readonly made: 'by VitePress' | 'by Vite';
  readonly at: string;
}

/** What a part that Vite makes is told of the others, as values of `import.meta.env`. */
export const besideDocumentation = { 'import.meta.env.VITE_DOCUMENTATION': JSON.stringify('../') };

/** The parts of the site; the first one begins it anew. */
export const siteApps: readonly SiteApp[] = [
  { folder: join(root, 'apps/docs'), made: 'by VitePress', at: '.' },
  { folder: join(root, 'apps/playground'), made: 'by Vite', at: 'playground' },
];
