import { lifecycleCases } from '@agop/conformance';
import { OptionError } from '@agop/core';
import { describe, expect, it } from 'vitest';
import { createCpuBackend } from '../src/index.ts';

describe("the engine 'tfjs-wasm' of @agop/backend-tfjs", () => {
  it('is made by its name, with its option', async () => {
    using backend = await createCpuBackend({ engine: 'tfjs-wasm' });
    expect(backend.device.engine).toBe('tfjs-wasm');
    await expect(createCpuBackend({ engine: 'tfjs-wasm', threads: 0 })).rejects.toThrow(OptionError);
  });

  for (const { name, run } of lifecycleCases) {
    it(name, () => run(() => createCpuBackend({ engine: 'tfjs-wasm' })));
  }
});
