import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './error.mjs';
import { runPnpm } from './pnpm.mjs';
import { capture } from './process.mjs';
import { hashOf, isUpToDate, writeStamp } from './stamp.mjs';
import { step } from './step.mjs';
import { root, workspacePackages } from './workspace.mjs';

const stamp = 'node_modules/.agop/installed.json';

/**
 * Installs the locked packages with the pnpm that package.json names, unless they are there already.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export async function install(env) {
  const packages = workspacePackages();
  const hash = hashOf(root, ['pnpm-lock.yaml', 'pnpm-workspace.yaml'], {
    system: [process.platform, process.arch],
    packages: packages.map(({ folder, manifest }) => [folder, installedParts(manifest)]),
  });
  if (isUpToDate(root, stamp, hash)) return;

  const pnpm = packages[0]?.manifest.packageManager ?? 'pnpm';
  await step(`Installing packages with ${pnpm}`, async () => {
    const { code, output, missing } = await runPnpm(
      pnpm,
      ['install', '--frozen-lockfile', '--reporter=append-only'],
      { root, env: { ...patience, ...env } },
    );
    if (missing) throw new SetupError('npm was not found; it comes with Node (https://nodejs.org).');
    if (code !== 0) throw explained(output);
    await tryNode(env);
  });

  const folders = packages.filter((p) => hasDependencies(p.manifest)).map((p) => `${p.folder}/node_modules`);
  writeStamp(root, stamp, hash, folders);
}

/**
 * The Node that came along is built for glibc 2.28 or newer.
 *
 * @param {NodeJS.ProcessEnv} env
 */
async function tryNode(env) {
  const node = join(root, 'node_modules/.bin/node');
  if (!existsSync(node)) return;
  const { code } = await capture(node, ['--version'], { cwd: root, env });
  if (code !== 0) {
    throw new SetupError(
      'the Node 24 that came with the packages does not run here; it needs glibc 2.28 or newer.',
    );
  }
}

/** @param {import('./workspace.mjs').Manifest} manifest */
function hasDependencies(manifest) {
  return [manifest.dependencies, manifest.devDependencies].some((d) => Object.keys(d ?? {}).length > 0);
}

/**
 * The fields of a package.json that decide what an install does.
 *
 * @param {import('./workspace.mjs').Manifest} manifest
 */
function installedParts(manifest) {
  const { name, bin, dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
  return { name, bin, dependencies, devDependencies, optionalDependencies, peerDependencies };
}

/**
 * Causes that a user can do something about get one line; anything else is shown as pnpm told it.
 *
 * @param {string} output
 */
function explained(output) {
  const known = causes.find(({ sign }) => sign.test(output));
  return known
    ? new SetupError(known.message)
    : new SetupError('the install failed; its output is above.', { cause: output });
}

const causes = [
  {
    sign: /EINTEGRITY/,
    message: 'what the registry sent is not the pnpm of pnpm-lock.yaml; none of it was run.',
  },
  {
    sign: /ENOSPC|no space left/i,
    message: 'the disk is full; set-up needs about 1 GB.',
  },
  {
    sign: /EACCES|EPERM|permission denied/i,
    message: `no permission to write in ${root} or in the cache of npm or pnpm.`,
  },
  {
    sign: /OUTDATED_LOCKFILE|not up\s+to date with/,
    message:
      'pnpm-lock.yaml does not match a package.json; run `npx pnpm install` and keep the new lock file.',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|META_FETCH_FAIL|dns error|error sending request/i,
    message:
      'the package registry could not be reached; the first start downloads packages and needs a network.',
  },
];

/** npm's own defaults wait more than a minute before they say that there is no network. */
const patience = {
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
  npm_config_prefer_offline: 'true',
};
