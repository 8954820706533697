// Solves without the kernel matrix against exact ones: processor seconds, passes, memory, and how far
// predictions for rows that no fit has seen are apart.
//
//   pnpm bench:beyond [--rows 1000,3000,6000,12000] [--outputs 1,10] [--tolerance 1e-2,1e-3,1e-4]
//     [--exact 12000] [--solver conjugate-gradients|eigenpro]
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, randomArray, type Tensor } from '@agop/core';
import {
  conjugateGradientSolver,
  eigenProSolver,
  fitKernelMachine,
  laplace,
  refinedCholeskySolver,
  type Solver,
} from '@agop/rfm';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000,3000,6000,12000' },
    outputs: { type: 'string', default: '1,10' },
    tolerance: { type: 'string', default: '1e-2,1e-3,1e-4' },
    exact: { type: 'string', default: '12000' },
    solver: { type: 'string', default: 'conjugate-gradients' },
  },
});
const numbers = (text: string): number[] => text.split(',').map(Number);

const [d, dtype, ridge, testRows] = [20, 'float32', 1e-3, 1000] as const;
const kernel = laplace({ bandwidth: 2 * Math.sqrt(d) });

/** Output k is tanh(x_k x_{k+1} + x_{k+2} / 2), with noise of a tenth for training rows. */
function problem(rows: number, outputs: number, seed: number, noise: number) {
  const x = randomArray(rows * d, 'normal', { seed }, dtype);
  const e = randomArray(rows * outputs, 'normal', { seed: seed + 1 }, dtype);
  const y = e.map((value, at) => {
    const [row, k] = [Math.floor(at / outputs), at % outputs];
    const feature = (index: number): number => x[row * d + ((k + index) % d)] as number;
    return Math.tanh(feature(0) * feature(1) + feature(2) / 2) + noise * value;
  });
  return { x, y };
}

interface Outcome {
  readonly predictions: Float64Array;
  readonly cpuSeconds: number;
  readonly mebibytes: number;
}

async function solve(backend: Backend, x: Tensor, y: Tensor, test: Tensor, solver: Solver): Promise<Outcome> {
  const before = process.cpuUsage();
  using machine = await fitKernelMachine({ backend, kernel, x, y, ridge, solver });
  const { user, system } = process.cpuUsage(before);
  using predictions = machine.predict(test);
  const mebibytes = backend.memory().peakBytes / 2 ** 20;
  return {
    predictions: Float64Array.from(await predictions.read()),
    cpuSeconds: (user + system) / 1e6,
    mebibytes,
  };
}

const squares = (list: Float64Array): number => list.reduce((sum, value) => sum + value * value, 0);

console.log('| n | outputs | solver | passes | processor seconds | MiB | test error | off the exact by |');
console.log('|--:|--:|---|--:|--:|--:|--:|--:|');
for (const rows of numbers(values.rows)) {
  for (const outputs of numbers(values.outputs)) {
    const [train, held] = [problem(rows, outputs, 1, 0.1), problem(testRows, outputs, 3, 0)];
    let exact: Float64Array | undefined;
    const run = async (name: string, solver: Solver, passes: () => string): Promise<void> => {
      // A backend of its own, so that its peak is that of this solve.
      using backend = await createCpuBackend();
      const x = backend.tensor(train.x, [rows, d], dtype);
      const y = backend.tensor(train.y, [rows, outputs], dtype);
      const test = backend.tensor(held.x, [testRows, d], dtype);
      const { predictions, cpuSeconds, mebibytes } = await solve(backend, x, y, test, solver);
      const error = squares(predictions.map((value, at) => value - (held.y[at] as number)));
      const reference = exact;
      const off = reference
        ? Math.sqrt(squares(predictions.map((v, at) => v - (reference[at] as number))) / squares(reference))
        : undefined;
      if (name === 'exact') exact = predictions;
      const figures = [cpuSeconds.toFixed(2), mebibytes.toFixed(0), (error / predictions.length).toFixed(5)];
      console.log(
        `| ${rows} | ${outputs} | ${name} | ${passes()} | ${figures.join(' | ')} | ${off?.toExponential(1) ?? ''} |`,
      );
    };
    if (rows <= Number(values.exact)) await run('exact', refinedCholeskySolver(), () => '');
    for (const tolerance of numbers(values.tolerance)) {
      let count = 0;
      const stop = ({ iteration }: { readonly iteration: number }): boolean => {
        count = iteration;
        return false;
      };
      const make = values.solver === 'eigenpro' ? eigenProSolver : conjugateGradientSolver;
      await run(`to ${tolerance}`, make({ tolerance, stop }), () => `${count}`);
    }
  }
}
