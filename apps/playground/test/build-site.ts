import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serveFolder, siteFolder } from '@agop/site';
import type { TestProject } from 'vitest/node';

/** Pictures of the pages, to be looked at. */
const pictures = join(siteFolder, '../site-pictures');

/** Builds the site once, and serves it twice: with the headers of isolation, and as a plain host, in a folder. */
export default async function buildSite(project: TestProject): Promise<() => Promise<void>> {
  const root = join(import.meta.dirname, '../../..');
  execFileSync(process.execPath, ['-C', '@agop/source', 'tooling/site/src/build.ts'], { cwd: root });
  mkdirSync(pictures, { recursive: true });
  const isolated = await serveFolder(siteFolder);
  const plain = await serveFolder(siteFolder, { isolated: false, base: '/some/folder/' });
  project.provide('isolatedSite', isolated.url);
  project.provide('plainSite', plain.url);
  project.provide('pictures', pictures);
  return async () => {
    await isolated[Symbol.asyncDispose]();
    await plain[Symbol.asyncDispose]();
  };
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the site with the headers of isolation. */
    isolatedSite: string;
    /** Address of the site on a plain host. */
    plainSite: string;
    /** Folder for pictures. */
    pictures: string;
  }
}
