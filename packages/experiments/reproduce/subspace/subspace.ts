// Central subspaces: the simulation of Xia, Tong, Li, Zhu 2002 with all methods, and the AGOP of one kernel
// ridge regression on the hypercube (arXiv 2605.15082).
//
//   pnpm reproduce:subspace [--samples 30] [--sizes 100,200] [--only table,dimension,agop,hermite,fifty]
//     [--methods phd,opg] [--out DIR] [--draw] [--again]
//
// Published is the mean of 200 samples. Each run is added to papers/results/subspace.json as it ends, and
// not made again when it is there, but with --again; --draw only draws the pictures and tables of
// papers/subspace.md anew.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { flag, text, whole } from '@agop/core/options';
import { methods, type SubspaceMethod } from '@agop/subspace';
import { fillTables, onlyOption, outOption, parts, saveJson, savingIn } from '../page.ts';
import { program } from '../program.ts';
import { drawFiftyColumns } from './fifty.ts';
import { drawSubspaces } from './pictures.ts';
import { runAgop, runDimension, runHermite, runMethods, type SubspaceRuns } from './runs.ts';
import { subspaceTables } from './tables.ts';

/** Features of the hypercube, and samples as multiples of d². */
const dimensions = [14, 20, 28, 40, 56];
const multiples = [0.5, 0.7, 1, 1.4, 2, 2.8, 4];
/** Most samples of a kernel regression, and seeds of each. */
const mostSamples = 6500;
const agopSeeds = 3;
/** Samples of the polynomial of one direction in 100 dimensions. */
const hermiteSizes = [100, 316, 1000, 3162];

export default program(
  {
    samples: whole({ from: 2, default: 30, description: 'Samples of the simulation for each size' }),
    sizes: text({ default: '100,200', description: 'Rows of the samples, divided by commas' }),
    methods: text({ description: 'Methods divided by commas', defaultWords: 'all' }),
    only: onlyOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ samples, sizes, methods: chosen, only, out, draw, again }) => {
    const all = Object.keys(methods) as SubspaceMethod[];
    const names = all.filter((name) => chosen === undefined || parts(chosen).includes(name));
    const file = join(out, 'results/subspace.json');
    const wanted = (name: string): boolean => !draw && (only === undefined || parts(only).includes(name));
    const isOf = (n: number, seed: number): boolean => seed < samples && parts(sizes).includes(String(n));
    if (again) {
      forget(file, {
        methods: ({ n, seed, method }) => wanted('table') && isOf(n, seed) && names.includes(method),
        dimensions: ({ n, seed }) => wanted('dimension') && isOf(n, seed),
        agop: () => wanted('agop'),
        hermite: () => wanted('hermite'),
      });
    }
    using backend = await createCpuBackend({ widenSimd: true });
    for (const n of parts(sizes).map(Number)) {
      for (let seed = 0; seed < samples; seed++) {
        if (wanted('table')) await addMethods(backend, file, n, seed, names);
        if (wanted('dimension')) await addDimension(backend, file, n, seed);
      }
    }
    if (wanted('agop')) await addAgop(backend, file);
    if (wanted('hermite')) await addHermite(backend, file);
    if (wanted('fifty')) await drawFiftyColumns(backend, savingIn(join(out, 'subspace')));
    const runs = readRuns(file);
    await drawSubspaces(runs, savingIn(join(out, 'subspace')));
    fillTables(join(out, 'subspace.md'), subspaceTables(runs));
  },
);

async function addMethods(
  backend: Backend,
  file: string,
  n: number,
  seed: number,
  names: readonly SubspaceMethod[],
): Promise<void> {
  const known = readRuns(file).methods.filter((run) => run.n === n && run.seed === seed);
  const missing = names.filter((name) => !known.some(({ method }) => method === name));
  if (missing.length === 0) return;
  const made = await runMethods(backend, n, seed, missing);
  console.log(
    `n = ${n}, sample ${seed}: ${made.map(({ method, missed }) => `${method} ${missed}`).join(', ')}`,
  );
  keep(file, { methods: made });
}

async function addDimension(backend: Backend, file: string, n: number, seed: number): Promise<void> {
  if (readRuns(file).dimensions.some((run) => run.n === n && run.seed === seed)) return;
  const made = await runDimension(backend, n, seed);
  console.log(`n = ${n}, sample ${seed}: dimension ${made.found}`);
  keep(file, { dimensions: [made] });
}

async function addAgop(backend: Backend, file: string): Promise<void> {
  for (const d of dimensions) {
    for (const multiple of multiples) {
      const n = Math.round(multiple * d * d);
      for (let seed = 0; seed < agopSeeds && n <= mostSamples; seed++) {
        if (readRuns(file).agop.some((run) => run.d === d && run.n === n && run.seed === seed)) continue;
        const made = await runAgop(backend, d, n, seed);
        console.log(`d = ${d}, n = ${n}, seed ${seed}: error ${made.error}, missed ${made.missed}`);
        keep(file, { agop: [made] });
      }
    }
  }
}

async function addHermite(backend: Backend, file: string): Promise<void> {
  for (const n of hermiteSizes) {
    for (let seed = 0; seed < agopSeeds; seed++) {
      if (readRuns(file).hermite.some((run) => run.n === n && run.seed === seed)) continue;
      const made = await runHermite(backend, n, seed);
      console.log(`one direction, n = ${n}, seed ${seed}: error ${made.error}, missed ${made.missed}`);
      keep(file, { hermite: [made] });
    }
  }
}

function readRuns(file: string): SubspaceRuns {
  const none: SubspaceRuns = { methods: [], dimensions: [], agop: [], hermite: [] };
  return existsSync(file) ? { ...none, ...JSON.parse(readFileSync(file, 'utf8')) } : none;
}

/** Takes runs away that are to be made again. */
function forget(
  file: string,
  isForgotten: { readonly [K in keyof SubspaceRuns]: (run: SubspaceRuns[K][number]) => boolean },
): void {
  const { methods, dimensions, agop, hermite } = readRuns(file);
  const left: SubspaceRuns = {
    methods: methods.filter((run) => !isForgotten.methods(run)),
    dimensions: dimensions.filter((run) => !isForgotten.dimensions(run)),
    agop: agop.filter((run) => !isForgotten.agop(run)),
    hermite: hermite.filter((run) => !isForgotten.hermite(run)),
  };
  saveJson(file, left, 0);
}

/** Reads again first: several runs may go on side by side. */
function keep(file: string, made: Partial<SubspaceRuns>): void {
  const before = readRuns(file);
  saveJson(
    file,
    {
      methods: [...before.methods, ...(made.methods ?? [])],
      dimensions: [...before.dimensions, ...(made.dimensions ?? [])],
      agop: [...before.agop, ...(made.agop ?? [])],
      hermite: [...before.hermite, ...(made.hermite ?? [])],
    },
    0,
  );
}
