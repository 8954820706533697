// The pictures of papers/grokking.md, from runs made here.
//
//   pnpm reproduce:grokking-pictures [--only kernel] [--out DIR] [--again]
//
// `--only` names some of: kernel (machines of four operations, p = 61), fourier (their Fourier content),
// features (random circulant features by training fraction), network (networks of width 1024), penalty (the
// AGOP in place of weight decay), transformed (random circulant features for networks), two (two tasks at
// once, 80 %: minutes).
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { checkChoice } from '@agop/core/options';
import * as z from 'zod/mini';
import { RunParts } from '../../src/run-parts.ts';
import { onlyOption, outOption, parts, type Save, savingIn } from '../page.ts';
import { program } from '../program.ts';
import {
  drawCirculantFeatures,
  drawFourierShare,
  drawKernelMachines,
  drawTwoTasks,
} from './kernel-machines.ts';
import { drawOperations, drawPenalties, drawTransformed } from './networks.ts';

const drawings: Readonly<Record<string, (backend: Backend, save: Save) => Promise<void>>> = {
  kernel: drawKernelMachines,
  fourier: drawFourierShare,
  features: drawCirculantFeatures,
  network: drawOperations,
  penalty: drawPenalties,
  transformed: drawTransformed,
  two: drawTwoTasks,
};

export default program(
  {
    only: onlyOption,
    out: outOption,
  },
  async ({ only, out }, store) => {
    using backend = await createCpuBackend({ widenSimd: true });
    const save = savingIn(join(out, 'grokking'));
    const chosen = only === undefined ? Object.keys(drawings) : parts(only);
    const all = new RunParts(store, chosen.length);
    for (const name of chosen) {
      // Its pictures are saved: that it was drawn is all that there is to keep.
      await all.take({ name, kind: z.literal('drawn') }, async () => {
        await drawings[checkChoice('only', name, Object.keys(drawings))]?.(backend, save);
        return 'drawn' as const;
      });
    }
  },
);
