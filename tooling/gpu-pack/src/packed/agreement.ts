import { createGpuBackend } from '@agop/backend-gpu';
import type { Backend, FloatDType } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { fitKernelMachine, type Kernel } from '@agop/rfm';
import { builtInKernels } from '../../../../packages/rfm/test/kernel-examples.ts';
import type { PartResult } from './parts.ts';

/** How far results may be apart, relative to the largest. */
const tolerances = { float64: 1e-9, float32: 2e-4 } as const;
const sizes = { n: 150, d: 6, outputs: 2, fresh: 40 } as const;

interface Comparison {
  readonly kernel: string;
  readonly dtype: FloatDType;
  /** Largest differences from the results on the CPU in float64, relative to the largest entry. */
  readonly predictions: number;
  readonly agop: number;
}

/** Fits with every kernel, or those named, on the device and, by plain loops in float64, on the CPU. */
export async function agreement(names: readonly string[]): Promise<PartResult> {
  using device = await createGpuBackend({ engine: 'cuda' });
  using host = createNaiveBackend();
  const rows: Comparison[] = [];
  for (const [name, kernel] of Object.entries(builtInKernels())) {
    if (names.length > 0 && !names.includes(name)) continue;
    const expected = await fitted(host, kernel, 'float64');
    for (const dtype of ['float64', 'float32'] as const) {
      const own = await fitted(device, kernel, dtype);
      rows.push({
        kernel: name,
        dtype,
        predictions: difference(own.predictions, expected.predictions),
        agop: difference(own.agop, expected.agop),
      });
    }
  }
  const isWrong = (row: Comparison): boolean =>
    !(Math.max(row.predictions, row.agop) <= tolerances[row.dtype]);
  const lines = rows.map(
    (row) =>
      `${isWrong(row) ? 'FAILED ' : ''}${row.kernel}, ${row.dtype}: predictions ${row.predictions.toExponential(1)}, AGOP ${row.agop.toExponential(1)}`,
  );
  const wrong = rows.filter(isWrong).length;
  return {
    status: wrong > 0 ? 'failed' : 'passed',
    summary: `${rows.length - wrong} of ${rows.length} fits agree within ${tolerances.float64} (float64) and ${tolerances.float32} (float32)`,
    lines,
    data: rows,
  };
}

async function fitted(backend: Backend, kernel: Kernel, dtype: FloatDType) {
  const { n, d, outputs, fresh } = sizes;
  // Uniform numbers have the same bits on every backend.
  using x = backend.random([n, d], 'uniform', { seed: 1 }, dtype);
  using y = backend.random([n, outputs], 'uniform', { seed: 2 }, dtype);
  using points = backend.random([fresh, d], 'uniform', { seed: 3 }, dtype);
  using machine = await fitKernelMachine({ backend, kernel, x, y, ridge: 0.1 });
  using predictions = machine.predict(points);
  using agop = machine.agop();
  return { predictions: await predictions.read(), agop: await agop.read() };
}

function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [largest, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(apart <= largest)) largest = apart;
    size = Math.max(size, Math.abs(expected[i] as number));
  }
  return largest / size;
}
