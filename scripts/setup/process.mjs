import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isAbsolute } from 'node:path';

// npx and the shims in node_modules/.bin are .cmd files on Windows, which only a shell starts.
const needsShell = (/** @type {string} */ command) => process.platform === 'win32' && !isAbsolute(command);

/**
 * Runs a command to its end and keeps what it printed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ code: number, output: string, missing: boolean }>} missing: there is no such command
 */
export function capture(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...options,
      shell: needsShell(command),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve({ code: 1, output: error.message, missing: error.code === 'ENOENT' }),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, output, missing: false }));
  });
}

/**
 * Runs a program in the foreground: it owns the terminal and receives the signals sent to this process.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code; 128 + the number of the signal that ended it
 */
export function forward(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, shell: needsShell(command), stdio: 'inherit' });
    // Ctrl-C reaches the whole foreground group; this process only has to outlive the program.
    const stay = () => {};
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGINT', stay);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', stay);
      process.off('SIGTERM', pass);
      process.off('SIGHUP', pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
