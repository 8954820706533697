import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { notInstalled } from '@agop/core';

/**
 * The folder of an npm package whose files hold the weights of a network. It is looked for in the folder that
 * is given, else where this package and the program find packages; nothing is downloaded.
 *
 * @param folder one that has the package in it, such as a `node_modules`
 * @throws {UnavailableError} if it is nowhere
 */
export function packageFolder(name: string, folder: string | undefined): string {
  const roots = folder === undefined ? [import.meta.url, join(process.cwd(), 'any.js')] : [];
  const places = [
    ...(folder === undefined ? [] : [resolve(folder)]),
    ...roots.flatMap((root) => createRequire(root).resolve.paths(name) ?? []),
  ];
  const found = places
    .map((place) => join(place, name))
    .find((path) => existsSync(join(path, 'package.json')));
  if (found !== undefined) return found;
  throw notInstalled(
    name,
    `The weights of this network come in the npm package ${name}. Install it: npm install ${name}`,
    undefined,
  );
}
