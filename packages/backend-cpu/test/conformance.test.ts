import { conformanceCases, engineCases, lifecycleCases } from '@agop/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type CpuBackendOptions, createCpuBackend } from '../src/index.ts';
import { describeDevice } from '../src/wasm/device.ts';
import { wasmEngine } from '../src/wasm/engine.ts';
import { startRuntime } from '../src/wasm/runtime.ts';

const configurations: Record<string, CpuBackendOptions> = {
  '1 thread': { threads: 1 },
  '2 threads': { threads: 2 },
  '3 threads': { threads: 3 },
  'baseline SIMD': { threads: 2, simd: 'baseline' },
};

for (const [name, options] of Object.entries(configurations)) {
  describe(`wasm engine, ${name}`, () => {
    let backend: Awaited<ReturnType<typeof createCpuBackend>>;
    beforeAll(async () => {
      backend = await createCpuBackend(options);
    });
    afterAll(() => backend.dispose());
    const createEngine = async () => {
      const runtime = await startRuntime(options);
      return wasmEngine(runtime, describeDevice(runtime));
    };

    for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
    for (const { name, run } of lifecycleCases) test(name, () => run(() => createCpuBackend(options)));
    for (const { name, run } of engineCases) test(name, () => run(createEngine));
  });
}
