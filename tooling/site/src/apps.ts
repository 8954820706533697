import { join } from 'node:path';

/** Folder of the workspace. */
export const root = join(import.meta.dirname, '../../..');

/** The folder that `pnpm site` makes, which any static host serves. */
export const siteFolder = join(root, 'dist/site');

/** A part of the site: its folder in the workspace, and where it stands in the site. */
export interface SiteApp {
  readonly folder: string;
  readonly at: string;
}

/** The parts of the site. */
export const siteApps: readonly SiteApp[] = [{ folder: join(root, 'apps/playground'), at: '.' }];
