import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { toolEnvironment } from './environment.mjs';
import { SetupError } from './error.mjs';
import { install } from './install.mjs';
import { root } from './workspace.mjs';

/**
 * Installs and builds what is missing or out of date.
 *
 * @param {'program' | 'everything'} extent what to build: what the program runs on, or all there is to
 *   publish
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the Node to run programs with, and the
 *   environment in which the workspace's tools are found
 */
export async function prepare(extent) {
  const env = toolEnvironment();
  await install(env);
  const node = modernNode();
  await build(env, extent);
  return { node, env };
}

/** The Node 24 that the install brought, or this process's own where it is new enough. */
function modernNode() {
  const installed = join(root, 'node_modules/.bin/node');
  if (existsSync(installed)) return installed;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new SetupError(
    `no prebuilt Node 24 comes with the packages for ${process.platform} ${process.arch}; ` +
      `install Node 24 from https://nodejs.org and run this again (this is Node ${process.versions.node}).`,
  );
}
