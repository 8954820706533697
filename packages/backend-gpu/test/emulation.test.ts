import { conformanceCases, lifecycleCases } from '@agop/conformance';
import type { Backend } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emulatedBackend, emulatorState } from './emulator/backend.ts';
import { buildEmulator } from './emulator/build.ts';

const { folder, missing } = buildEmulator();

if (folder === undefined) test.skip(`LEFT OUT, the CUDA engine on emulated libraries: ${missing}`);
else describe('the CUDA engine on emulated libraries', () => conformance(folder));

function conformance(emulator: string): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await emulatedBackend(emulator);
  });
  afterAll(() => {
    backend.dispose();
    expect(emulatorState(emulator).brokenMargins()).toBe(0);
    expect(emulatorState(emulator).allocations()).toBe(0);
  });

  for (const { group, name, run } of conformanceCases) {
    test(`${group}: ${name}`, { timeout: 120_000 }, () => run(backend));
  }
  for (const { name, run } of lifecycleCases) test(name, () => run(() => emulatedBackend(emulator)));
}
