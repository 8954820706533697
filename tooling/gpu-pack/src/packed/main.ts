import { createGpuBackend } from '@agop/backend-gpu';
import { AgopError } from '@agop/core';
import { exercise } from './exercise.ts';
import { groups, parts } from './parts.ts';
import { runPartHere, runParts } from './runner.ts';

// What `run.sh` starts: `check`, `measure`, or `all` parts, each in a process of its own, or one part.

const noDevice = 2;

process.exitCode = await main(process.argv.slice(2));

async function main([command = 'all', ...args]: readonly string[]): Promise<number> {
  const names = groups[command] ?? (parts[command] ? [command] : undefined);
  if (command === 'part') return runPartHere(args[0] ?? '', args.slice(1));
  if (command === 'exercise') {
    await exercise();
    return 0;
  }
  if (!names) {
    const known = [...Object.keys(groups), ...Object.keys(parts)].join(', ');
    console.error(`There is no command '${command}'; use ${known}.`);
    return 1;
  }
  const missing = await missingDevice();
  if (missing) {
    console.log(`No device: ${missing}`);
    return noDevice;
  }
  return (await runParts(names, args)) ? 0 : 1;
}

/** Why there is nothing to run on. */
async function missingDevice(): Promise<string | undefined> {
  try {
    (await createGpuBackend({ engine: 'cuda' })).dispose();
    return undefined;
  } catch (error) {
    if (!AgopError.isInstance(error)) throw error;
    return error.message;
  }
}
