import { mkdirSync, writeFileSync } from 'node:fs';
import { createGpuBackend } from '@agop/backend-gpu';
import { AgopError } from '@agop/core';
import { runCollected } from './suite.ts';

/** What `run.sh` can be asked for. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  info: async () => true,
  conformance: () =>
    check('conformance', async () => {
      await import('../../../../packages/backend-gpu/test/device.test.ts');
    }),
  fixtures: () =>
    check('fixtures', async () => {
      await import('../../../../packages/rfm/test/fixtures.test.ts');
      await import('../../../../packages/deep-rfm/test/fixtures.test.ts');
      await import('../../../../packages/conv-rfm/test/kernel-fixtures.test.ts');
      await import('../../../../packages/conv-rfm/test/loop-fixtures.test.ts');
      await import('../../../../packages/grokking/test/run-fixtures.test.ts');
    }),
  bench: async (args) => {
    const { runBenchmark } = await import('../../../../bench/gpu/run.ts');
    await runBenchmark(args);
    return true;
  },
};

const noDevice = 2;

process.exitCode = await main(process.argv.slice(2));

async function main([command = 'check', ...args]: readonly string[]): Promise<number> {
  const chosen = command === 'check' ? ['conformance', 'fixtures'] : [command];
  const runs = chosen.map((name) => commands[name]);
  if (runs.some((run) => run === undefined)) {
    console.error(
      `There is no command '${command}'; use check (default), ${Object.keys(commands).join(', ')}.`,
    );
    return 1;
  }
  if (!(await describeDevice())) return noDevice;
  let areAllGood = true;
  for (const run of runs) areAllGood = ((await run?.(args)) ?? false) && areAllGood;
  return areAllGood ? 0 : 1;
}

/** Says what there is to run on, or why there is nothing. */
async function describeDevice(): Promise<boolean> {
  try {
    using backend = await createGpuBackend({ engine: 'cuda' });
    console.log(backend.device.description);
    for (const [name, value] of Object.entries(backend.device.details)) console.log(`  ${name}: ${value}`);
    return true;
  } catch (error) {
    if (!AgopError.isInstance(error)) throw error;
    console.log(`No device: ${error.message}`);
    return false;
  }
}

async function check(title: string, collect: () => Promise<void>): Promise<boolean> {
  const begin = performance.now();
  await collect();
  const outcome = await runCollected((line) => console.log(line));
  const seconds = Math.round((performance.now() - begin) / 1000);
  const { passed, skipped, failures } = outcome;
  console.log(`${title}: ${passed} passed, ${failures.length} failed, ${skipped} skipped in ${seconds} s`);
  const folder = process.env['AGOP_RESULTS'] ?? 'results';
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${title}.json`, JSON.stringify({ seconds, ...outcome }, null, 2));
  return failures.length === 0 && passed > 0;
}
