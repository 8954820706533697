import { join } from 'node:path';
import { findChromium } from './checks/chromium.mjs';
import { commandCheck } from './checks/command.mjs';
import { sum, summary } from './checks/counts.mjs';
import { skipped, vitestCheck } from './checks/vitest.mjs';
import { SetupError } from './setup/error.mjs';
import { prepare } from './setup/prepare.mjs';
import { root } from './setup/workspace.mjs';

/**
 * Everything that can be tested on this machine, one check after another, also past a failure.
 * The last line counts them all: a command counts as one test, a vitest run as the tests in it.
 *
 * @returns {Promise<number>} the exit code
 */
export async function runChecks() {
  let prepared;
  try {
    prepared = await prepare('everything');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`agop: ${error.message}`);
    console.log(summary({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  // Hundreds of processes load the same modules: each but the first takes them as they were compiled.
  const env = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'), ...prepared.env };

  const results = [
    await commandCheck('Types', 'tsc', ['--noEmit', '--project', 'tsconfig.json'], env),
    await commandCheck('Format and lint', 'biome', ['check', '--error-on-warnings'], env),
    await commandCheck('Unused files, exports and dependencies', 'knip', [], env),
    await commandCheck('Reference of all entries', 'typedoc', ['--emit', 'none'], env),
    await vitestCheck('Unit tests', 'vitest.config.ts', env),
    await vitestCheck('Packed packages', 'tooling/package-checks/vitest.config.ts', env),
    ...(await browserChecks(env)),
  ];

  const total = sum(results);
  console.log(`\n${summary(total)}`);
  return total.failed > 0 ? 1 : 0;
}

/** @param {NodeJS.ProcessEnv} env */
async function browserChecks(env) {
  const chromium = findChromium(env);
  const config = 'tooling/browser-checks/vitest.config.ts';
  const results = [];
  for (const isolation of ['isolated', 'not isolated']) {
    const title = `Headless Chromium, ${isolation === 'isolated' ? 'cross-origin isolated' : 'not cross-origin isolated'}`;
    if (chromium) {
      const browserEnv = {
        ...env,
        AGOP_CHROMIUM: chromium,
        AGOP_ISOLATION: isolation === 'isolated' ? '1' : '0',
      };
      results.push(await vitestCheck(title, config, browserEnv));
    } else {
      results.push(skipped(title, 'no Chromium was found; install one, or name it in AGOP_CHROMIUM'));
    }
  }
  const site = 'Site in headless Chromium, isolated and on a plain host';
  results.push(
    chromium
      ? await vitestCheck(site, 'apps/vitest.config.ts', { ...env, AGOP_CHROMIUM: chromium })
      : skipped(site, 'no Chromium was found'),
  );
  const pages = 'Pages in headless Chromium: policies, workers, without Symbol.dispose';
  results.push(
    chromium
      ? await vitestCheck(pages, 'tooling/browser-checks/vitest.pages.config.ts', {
          ...env,
          AGOP_CHROMIUM: chromium,
        })
      : skipped(pages, 'no Chromium was found'),
  );
  return results;
}
