import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const commands = [
  'chromium',
  'chromium-headless-shell',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The Chromium to test in: the one that AGOP_CHROMIUM names, else one on PATH or in a usual place.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function findChromium(env) {
  if (env.AGOP_CHROMIUM) return env.AGOP_CHROMIUM;
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  const candidates = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...candidates, ...applications].find((file) => existsSync(file) && answers(file));
}

/**
 * Some systems ship a stand-in that only says how to get the browser.
 *
 * @param {string} file
 */
function answers(file) {
  return spawnSync(file, ['--version'], { timeout: 20_000 }).status === 0;
}
