import { createGpuBackend } from '@agop/backend-gpu';
import { fitAll, makeData, type Problem, steps } from '../../../../bench/gpu/fit.ts';
import { type CountedDevice, CountingLibraries } from './counting-libraries.ts';
import type { TrafficCounts } from './traffic.ts';

/** What one step of a fit, or a whole fit, asks of the libraries and of the device. */
export interface StepCounts extends TrafficCounts {
  readonly step: string;
  /** Calls of native functions. */
  readonly calls: number;
  /** Questions whether work is done. */
  readonly questions: number;
}

/**
 * Counts the steps of a fit, and a fit with its metric updates, on a device of which nothing is there: no
 * machine has to have one, and sizes do not matter.
 *
 * @param precision as in the options of `createGpuBackend`
 */
export async function countSteps(
  device: CountedDevice,
  problem: Problem,
  precision: 'float32' | '3xtf32' = 'float32',
): Promise<StepCounts[]> {
  const libraries = new CountingLibraries(device);
  const settings = { engine: 'cuda', cacheFolder: false, libraries, precision } as const;
  using backend = await createGpuBackend(settings);
  const { x, y } = makeData(backend, problem);
  const rows: StepCounts[] = [];
  const count = async (step: string, work: () => unknown): Promise<void> => {
    const before = snapshot(libraries);
    await work();
    const after = snapshot(libraries);
    const difference = (key: keyof typeof after): number => after[key] - before[key];
    rows.push({
      step,
      calls: difference('calls'),
      questions: difference('questions'),
      launches: difference('launches'),
      libraryCalls: difference('libraryCalls'),
      flops: difference('flops'),
      touchedBytes: difference('touchedBytes'),
      memoryBytes: difference('memoryBytes'),
      uploadedBytes: difference('uploadedBytes'),
      downloadedBytes: difference('downloadedBytes'),
    });
  };
  const parts = await steps(backend, problem, x, y);
  // Once before, so that kernels are compiled and memory is there.
  for (const { run } of parts.steps) await run();
  for (const { name, run } of parts.steps) await count(name, run);
  parts.dispose();
  await count('fit', () => fitAll(backend, problem, x, y));
  x.dispose();
  y.dispose();
  return rows;
}

function snapshot({ calls, traffic }: CountingLibraries) {
  let all = 0;
  for (const times of calls.values()) all += times;
  return { ...traffic.counts, calls: all, questions: calls.get('cuEventQuery') ?? 0 };
}
