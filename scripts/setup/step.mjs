import { SetupError } from './error.mjs';

/**
 * One step of the set-up, with a line on stderr that says what it is and how long it took.
 * When it fails, what it printed comes first, so that the message which ends the program stays last.
 *
 * @param {string} title
 * @param {() => Promise<void>} run
 */
export async function step(title, run) {
  const begin = performance.now();
  process.stderr.write(`${title} …`);
  try {
    await run();
  } catch (error) {
    process.stderr.write(' failed\n');
    if (error instanceof SetupError && typeof error.cause === 'string') {
      process.stderr.write(`${error.cause.trimEnd().split('\n').slice(-40).join('\n')}\n`);
    }
    throw error;
  }
  process.stderr.write(` ${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
}
