import { createGpuBackend } from '@agop/backend-gpu';
import type { Backend, FloatDType } from '@agop/core';
import { emulatedBackend } from '../../../packages/backend-gpu/test/emulator/backend.ts';
import { buildEmulator } from '../../../packages/backend-gpu/test/emulator/build.ts';

// Stands in for @agop/test-support/engines and for @agop/backend-cpu, so that the parity tests of the
// algorithm packages run here.

interface Engine {
  readonly name: string;
  readonly create: () => Promise<Backend>;
}

/** The device, or with AGOP_EMULATED=1 the emulator, or why there is none. */
async function engineAtHand(): Promise<Engine | { readonly missing: string }> {
  if (process.env['AGOP_EMULATED'] === '1') {
    const { folder, missing } = buildEmulator();
    if (folder === undefined) return { missing: `the emulator cannot be built: ${missing}` };
    return { name: 'cuda, emulated', create: () => emulatedBackend(folder) };
  }
  const create = (): Promise<Backend> => createGpuBackend({ engine: 'cuda' });
  try {
    (await create()).dispose();
    return { name: 'cuda', create };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { missing: message.split('\n', 1)[0] ?? message };
  }
}

const atHand = await engineAtHand();

/** Why there is nothing to run on. */
export const missing = 'missing' in atHand ? atHand.missing : undefined;

export const precisions: readonly FloatDType[] = ['float64', 'float32'];

export const enginesWith = () => ('missing' in atHand ? [] : [{ ...atHand, dtypes: precisions }]);

export function createCpuBackend(): Promise<Backend> {
  if ('missing' in atHand) throw new Error(atHand.missing);
  return atHand.create();
}
