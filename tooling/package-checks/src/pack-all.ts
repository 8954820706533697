import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { publishedPackages } from './published.ts';
import { run } from './run.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The tarball of each published package, by the package's name. */
    tarballs: Record<string, string>;
  }
}

const root = join(import.meta.dirname, '../../..');

/** Packs every published package once, into a folder that the tests share. */
export default async function packAll(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'agop-packed-'));
  const tarballs: Record<string, string> = {};
  for (const { name, folder: source } of publishedPackages) {
    const before = new Set(await readdir(folder));
    const { code, stdout, stderr } = await run(
      'pnpm',
      ['pack', '--pack-destination', folder],
      join(root, source),
    );
    if (code !== 0) throw new Error(`pnpm pack failed for ${name}:\n${stdout}${stderr}`);
    const [file] = (await readdir(folder)).filter((f) => !before.has(f));
    if (file === undefined) throw new Error(`pnpm pack left no tarball for ${name}`);
    tarballs[name] = join(folder, file);
  }
  project.provide('tarballs', tarballs);
  return () => rm(folder, { recursive: true, force: true });
}
