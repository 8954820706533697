import { say } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { flagNaming } from '@agop/core/options';
import { expect, test, vi } from 'vitest';
import { backendOptions, openBackend } from '../../src/backends/backends.ts';

const device = vi.hoisted(() => ({ details: {} }));
vi.mock('@agop/backend', () => ({
  createBackend: async () => {
    const naive = createNaiveBackend();
    return { ...naive, device: { ...naive.device, ...device } };
  },
}));

async function toldOn(details: object): Promise<string[]> {
  device.details = details;
  const told: string[] = [];
  const note = (remark: Parameters<typeof say>[0]) => void told.push(say(remark, flagNaming(backendOptions)));
  await openBackend({ backend: 'webgpu', threads: undefined, blas: undefined }, { note });
  return told;
}

test('an adapter that is software is told in one line, a GPU is not', async () => {
  expect(await toldOn({ name: 'llvmpipe', software: true })).toEqual([
    'agop: The WebGPU adapter is software (llvmpipe): it is slower than --backend cpu.',
  ]);
  expect(await toldOn({ name: 'a GPU', software: false })).toEqual([]);
});
