// The pictures of papers/grokking.md, from runs made here.
//
//   pnpm reproduce:grokking-pictures [--only kernel] [--out DIR]
//
// `--only` names some of: kernel (machines of four operations, p = 61), fourier (their Fourier content),
// features (random circulant features by training fraction), network (networks of width 1024), two (two tasks
// at once, 80 %: minutes).
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { checkChoice } from '@agop/core/options';
import { onlyOption, outOption, parts, type Save, savingIn } from '../page.ts';
import { program } from '../program.ts';
import {
  drawCirculantFeatures,
  drawFourierShare,
  drawKernelMachines,
  drawTwoTasks,
} from './kernel-machines.ts';
import { drawNetworks } from './networks.ts';

const drawings: Readonly<Record<string, (backend: Backend, save: Save) => Promise<void>>> = {
  kernel: drawKernelMachines,
  fourier: drawFourierShare,
  features: drawCirculantFeatures,
  network: drawNetworks,
  two: drawTwoTasks,
};

export default program(
  {
    only: onlyOption,
    out: outOption,
  },
  async ({ only, out }) => {
    using backend = await createCpuBackend({ widenSimd: true });
    const save = savingIn(join(out, 'grokking'));
    for (const name of only === undefined ? Object.keys(drawings) : parts(only)) {
      await drawings[checkChoice('only', name, Object.keys(drawings))]?.(backend, save);
    }
  },
);
