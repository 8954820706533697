import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { forward } from '../setup/process.mjs';
import { root } from '../setup/workspace.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */

/**
 * Runs vitest with one of the workspace's configurations and counts its tests.
 *
 * @param {string} title
 * @param {string} config relative to the root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Counts>}
 */
export async function vitestCheck(title, config, env) {
  console.log(`\n== ${title} (vitest run --config ${config})`);
  const folder = mkdtempSync(join(tmpdir(), 'agop-test-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await forward('vitest', ['run', '--config', config, ...reporters], { cwd: root, env });
    return countsOf(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} title
 * @param {string} reason
 * @returns {Counts}
 */
export function skipped(title, reason) {
  console.log(`\n== ${title}\nSKIPPED: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/**
 * A file that could not be loaded has no failed test in the report, and neither has an error outside of any
 * test; each still counts as a failure.
 *
 * @param {string} report
 * @param {number} code vitest's exit code
 * @returns {Counts}
 */
function countsOf(report, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.log(`FAILED: vitest ended with exit code ${code} and without a report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloadable = result.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = result.numFailedTests + unloadable;
  tellSkipped(result.testResults);
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/**
 * What was left out, by name: the names of tests that are skipped say why.
 *
 * @param {{ name: string, assertionResults: { status: string, fullName: string }[] }[]} files
 */
function tellSkipped(files) {
  for (const { name, assertionResults } of files) {
    for (const { status, fullName } of assertionResults) {
      if (['pending', 'skipped', 'todo'].includes(status)) {
        console.log(`SKIPPED: ${fullName} (${relative(root, name)})`);
      }
    }
  }
}
