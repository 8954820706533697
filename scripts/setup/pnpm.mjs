import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from './error.mjs';
import { capture } from './process.mjs';

/**
 * Runs the pnpm that package.json names, whose content is what pnpm-lock.yaml says: npm installs it into a
 * new folder of this user alone, by a lock file with its hashes. The folder has a package.json, so that
 * neither npm nor npx looks for packages in folders above it, such as a shared folder of temporary files.
 *
 * @param {string} pnpm name and version, `pnpm@1.2.3`
 * @param {string[]} args
 * @param {{ root: string, env: NodeJS.ProcessEnv }} options
 * @returns {ReturnType<typeof capture>}
 */
export async function runPnpm(pnpm, args, { root, env }) {
  const files = npmProject(pnpm, readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'agop-setup-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), JSON.stringify(content));
    }
    const options = { cwd: folder, env };
    const installed = await capture('npm', ['ci', '--no-audit', '--no-fund'], options);
    if (installed.code !== 0) return installed;
    // Without the dashes, npm 11 takes the arguments of pnpm for its own.
    return await capture('npx', ['--no', '--', 'pnpm', '--dir', root, ...args], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The files of an npm project that has pnpm alone, with the hashes of a pnpm-lock.yaml.
 *
 * @param {string} pnpm name and version
 * @param {string} lock
 */
export function npmProject(pnpm, lock) {
  const version = pnpm.slice('pnpm@'.length);
  const packages = new Map(lockedPackages(lock).map((one) => [one.name, one]));
  const main = packages.get('pnpm');
  if (main?.version !== version) {
    throw new SetupError(`pnpm-lock.yaml has no hash of ${pnpm}, which package.json names.`);
  }
  const programs = [...packages.values()].filter(
    (one) => one.name.startsWith('@pnpm/exe.') && one.version === version,
  );
  const dependencies = { pnpm: version };
  const project = { name: 'agop-setup', version: '0.0.0', private: true, dependencies };
  const entry = (/** @type {Locked} */ { version, integrity, os, cpu, libc }) => ({
    version,
    integrity,
    ...(os && { os }),
    ...(cpu && { cpu }),
    ...(libc && { libc }),
  });
  return {
    'package.json': project,
    'package-lock.json': {
      name: project.name,
      version: project.version,
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': project,
        'node_modules/pnpm': {
          ...entry(main),
          bin: { pnpm: 'pnpm' },
          hasInstallScript: true,
          optionalDependencies: Object.fromEntries(programs.map((one) => [one.name, one.version])),
        },
        ...Object.fromEntries(
          programs.map((one) => [`node_modules/${one.name}`, { ...entry(one), optional: true }]),
        ),
      },
    },
  };
}

/**
 * @typedef {object} Locked
 * @property {string} name
 * @property {string} version
 * @property {string} integrity
 * @property {string[] | undefined} os
 * @property {string[] | undefined} cpu
 * @property {string[] | undefined} libc
 */

/**
 * pnpm and its programs in the list `packages` of a pnpm-lock.yaml.
 *
 * @param {string} lock
 * @returns {Locked[]}
 */
function lockedPackages(lock) {
  const pattern =
    /^ {2}'?(pnpm|@pnpm\/exe\.[\w-]+)@([^:']+)'?:\n {4}resolution: \{integrity: ([^}\s]+)\}\n((?: {4}.*\n)*)/gm;
  return [...lock.matchAll(pattern)].map(([, name = '', version = '', integrity = '', rest = '']) => {
    const list = (/** @type {string} */ field) =>
      new RegExp(`^ {4}${field}: \\[(.*)\\]$`, 'm').exec(rest)?.[1]?.split(', ');
    return { name, version, integrity, os: list('os'), cpu: list('cpu'), libc: list('libc') };
  });
}
