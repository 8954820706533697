import { delimiter, join } from 'node:path';
import { root } from './workspace.mjs';

/**
 * An environment for child processes: the workspace's own tools are found first.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment() {
  const env = withoutScriptVariables(process.env);
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[path] = [join(root, 'node_modules/.bin'), env[path]].join(delimiter);
  env.TURBO_TELEMETRY_DISABLED = '1';
  return env;
}

/**
 * npm tells its scripts where they belong; an npm or npx started from one would take that for its own place.
 * The user's settings (registry, proxies) stay.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutScriptVariables(env) {
  const ofScripts = /^(npm_(lifecycle|package|command|config_(local_)?prefix)|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofScripts.test(name)));
}
