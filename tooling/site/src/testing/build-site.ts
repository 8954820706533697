import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root, siteFolder } from '../apps.ts';
import { serveFolder } from '../serve-folder.ts';

/** Pictures of the pages, to be looked at. */
const pictures = join(siteFolder, '../site-pictures');

/**
 * Builds the site once, but for its reference, and serves it twice: with the headers of isolation, and as a
 * plain host, in a folder.
 */
export default async function buildSite(project: TestProject): Promise<() => Promise<void>> {
  const program = ['-C', '@agop/source', 'tooling/site/src/build.ts', '--no-reference'];
  execFileSync(process.execPath, program, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
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
