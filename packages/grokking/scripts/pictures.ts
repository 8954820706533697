// The pictures of docs/grokking.md, from runs made here.
//
//   pnpm reproduce:grokking-pictures [kernel|fourier|two|features|network] [--out docs/grokking]
//
// Without a name all of them: the kernel machines of four operations (p = 61), their Fourier content, two tasks at once (p = 61, 80 %: the longest, minutes), random circulant
// features by training fraction (p = 61), and the networks (p = 61, width 1024).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { drawCirculantFeatures } from './pictures/circulant-features.ts';
import { drawFourierShare } from './pictures/fourier-share.ts';
import { drawKernelMachines } from './pictures/kernel-machines.ts';
import { drawNetworks } from './pictures/networks.ts';
import type { Save } from './pictures/save.ts';
import { drawTwoTasks } from './pictures/two-tasks.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'docs/grokking' } },
});
const drawings: Readonly<Record<string, (backend: Backend, save: Save) => Promise<void>>> = {
  kernel: drawKernelMachines,
  fourier: drawFourierShare,
  features: drawCirculantFeatures,
  network: drawNetworks,
  two: drawTwoTasks,
};

mkdirSync(values.out, { recursive: true });
using backend = await createCpuBackend({ widenSimd: true });
for (const name of positionals.length > 0 ? positionals : Object.keys(drawings)) {
  const draw = drawings[name];
  if (!draw) throw new Error(`There is no '${name}'; use ${Object.keys(drawings).join(', ')}.`);
  await draw(backend, (file, svg) => {
    const path = join(values.out, `${file}.svg`);
    writeFileSync(path, svg);
    console.log(`${path}: ${(svg.length / 1024).toFixed(0)} KiB`);
  });
}
