import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the clone. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * The fields of a package.json that the scripts look at.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} [version]
 * @property {string} [description]
 * @property {string[]} [keywords]
 * @property {string} [license]
 * @property {string} [type]
 * @property {Record<string, string>} [engines]
 * @property {object} [publishConfig]
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/**
 * @typedef {object} Package
 * @property {string} folder relative to the root
 * @property {Manifest} manifest its package.json
 */

/** @returns {Package[]} every package of the workspace, the root first */
export function workspacePackages(from = root) {
  const below = (/** @type {string} */ folder) =>
    existsSync(join(from, folder)) ? readdirSync(join(from, folder)).map((name) => `${folder}/${name}`) : [];
  return ['.', ...below('packages').sort(), ...below('tooling').sort(), 'bench', 'examples']
    .filter((folder) => existsSync(join(from, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(from, folder, 'package.json'), 'utf8')),
    }));
}

/**
 * A package and the packages of the workspace that it needs at run time, directly or through others.
 *
 * @param {Package[]} packages
 * @param {string} name
 */
export function withDependencies(packages, name) {
  const found = new Map();
  const visit = (/** @type {string} */ wanted) => {
    const one = packages.find((p) => p.manifest.name === wanted);
    if (!one || found.has(wanted)) return;
    found.set(wanted, one);
    for (const dependency of Object.keys(one.manifest.dependencies ?? {})) visit(dependency);
  };
  visit(name);
  return [...found.values()];
}
