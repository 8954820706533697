import { join } from 'node:path';
import { SetupError } from './setup/error.mjs';
import { prepare } from './setup/prepare.mjs';
import { forward } from './setup/process.mjs';
import { root } from './setup/workspace.mjs';

const demo = ['fit', 'examples/data/digits.csv.gz', '--target', 'class', '--report', 'agop-report.html'];

/**
 * Builds the program where needed and runs it with `args`; the demonstration when there are none.
 * Everything said here goes to stderr: stdout belongs to the program (`--json`).
 *
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runProgram(args) {
  let prepared;
  try {
    prepared = await prepare('program');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`agop: ${error.message}`);
    return 1;
  }

  const isDemo = args.length === 0;
  if (isDemo) {
    console.error('A Recursive Feature Machine learns to read handwritten digits. Your own table:');
    console.error('  npm start -- fit mydata.csv --target price\n');
  }
  return forward(
    prepared.node,
    ['--experimental-wasm-revectorize', join(root, 'packages/cli/dist/main.js'), ...(isDemo ? demo : args)],
    // npm runs scripts in the root; a file named by the user is relative to where the user is.
    { cwd: isDemo ? root : (process.env.INIT_CWD ?? process.cwd()), env: prepared.env },
  );
}
