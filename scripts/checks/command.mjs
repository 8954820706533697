import { forward } from '../setup/process.mjs';
import { root } from '../setup/workspace.mjs';

/**
 * Runs a command that passes or fails as a whole.
 *
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./counts.mjs').Counts>}
 */
export async function commandCheck(title, command, args, env) {
  console.log(`\n== ${title} (${[command, ...args].join(' ')})`);
  const code = await forward(command, args, { cwd: root, env });
  console.log(code === 0 ? 'passed' : `FAILED: exit code ${code}`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}
