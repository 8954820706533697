import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGpuBackend, deviceMemory, deviceTime } from '@agop/backend-gpu';
import { type Backend, bytesPerElement, type FloatDType, OutOfMemoryError } from '@agop/core';
import { fitAll, makeData, type Problem, steps } from './fit.ts';
import { copyRate, median, medianTime, productRate } from './measure.ts';
import type { Benchmark, Rates, Row } from './result.ts';
import { timeTorch } from './torch.ts';

const features = 100;
const updates = 3;

/** How our Cholesky factorisations are made, and for which dtypes that is worth a measurement. */
const variants = [
  { program: 'agop', options: {}, dtypes: ['float32', 'float64'] },
  { program: 'agop, panels', options: { choleskyBlock: 1024 }, dtypes: ['float32', 'float64'] },
  { program: 'agop, 3xTF32', options: { precision: '3xtf32' }, dtypes: ['float32'] },
] as const;

/**
 * Times fits of agop on the device, and of PyTorch where it is there, prints a table and writes it as JSON.
 *
 * @param args `--sizes 4000,16000 --dtypes float32,float64 --repeats 5 --no-torch --no-variants`; `--roof` is
 * the
 *   order of the products that steps are compared with; after `--seconds` nothing more is begun
 * @throws {UnavailableError} without a device
 */
export async function runBenchmark(args: readonly string[]): Promise<Benchmark> {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      sizes: { type: 'string', default: '4000,16000,32000,64000' },
      dtypes: { type: 'string', default: 'float32,float64' },
      repeats: { type: 'string', default: '5' },
      roof: { type: 'string', default: '8192' },
      torch: { type: 'boolean', default: true },
      variants: { type: 'boolean', default: true },
      seconds: { type: 'string', default: '86400' },
    },
  });
  const begin = performance.now();
  const secondsLeft = (): number => Number(values.seconds) - (performance.now() - begin) / 1000;
  const sizes = values.sizes.split(',').map(Number);
  const dtypes = values.dtypes.split(',').map((name): FloatDType => (name === 'float32' ? name : 'float64'));
  const repeats = Number(values.repeats);
  const rows: Row[] = [];
  const leftOut: string[] = [];
  const { device, rates } = await measureDevice(dtypes, Number(values.roof));
  const result = (): Benchmark => ({ device, features, updates, rates, rows, leftOut });
  // The rest of the time is PyTorch's, for the sizes that ours have done.
  const secondsForTorch = values.torch ? 0.4 * Number(values.seconds) : 0;
  const torchSizes = new Set<number>();
  for (const n of sizes) {
    for (const { program, options, dtypes: worthwhile } of values.variants
      ? variants
      : variants.slice(0, 1)) {
      for (const dtype of dtypes.filter((one) => worthwhile.some((name) => name === one))) {
        const what = `${program}, n = ${n}, ${dtype}`;
        const problem = { n, d: features, dtype, updates };
        const before = rows
          .filter((row) => row.program === program && row.dtype === dtype && row.n < n)
          .at(-1);
        if (expectedSeconds(problem, repeats, before) > secondsLeft() - secondsForTorch) {
          leftOut.push(`${what}: no time left`);
          continue;
        }
        try {
          // A backend of its own: its memory is free again for the next one.
          using backend = await createGpuBackend({ engine: 'cuda', ...options });
          if (!fits(backend, problem))
            leftOut.push(`${what}: the kernel matrix does not fit beside what it needs`);
          else rows.push({ program, ...(await timeOurs(backend, problem, rates, repeats)) });
          torchSizes.add(n);
        } catch (error) {
          if (!OutOfMemoryError.isInstance(error)) throw error;
          leftOut.push(`${what}: ${error.message}`);
        }
        writeResult(result());
      }
    }
  }
  if (values.torch) {
    const limits = { features, updates, repeats, seconds: Math.max(5, secondsLeft()) };
    const torch = timeTorch([...torchSizes], dtypes, limits);
    rows.push(...torch.rows);
    leftOut.push(...torch.leftOut);
  }
  printTable(rows);
  for (const text of leftOut) console.log(`left out: ${text}`);
  writeResult(result());
  return result();
}

async function measureDevice(
  dtypes: readonly FloatDType[],
  order: number,
): Promise<{ device: Backend['device']; rates: Rates }> {
  using backend = await createGpuBackend({ engine: 'cuda' });
  const products: Partial<Record<FloatDType, number>> = {};
  for (const dtype of dtypes) {
    const rate = await productRate(backend, dtype, order);
    products[dtype] = rate;
    console.log(`${dtype}: matrix products of order ${order} at ${(rate / 1e12).toFixed(1)} TFLOP/s`);
  }
  const { freeBytes } = deviceMemory(backend);
  const memory = await copyRate(backend, Math.min(2 ** 30, Math.floor(freeBytes / 8)));
  console.log(`memory: copies at ${(memory / 1e9).toFixed(0)} GB/s`);
  return { device: backend.device, rates: { products, memory } };
}

/** From the last smaller size: most of a fit grows with the cube. */
function expectedSeconds({ n, updates: count }: Problem, repeats: number, before: Row | undefined): number {
  if (!before) return 0;
  return (((n / before.n) ** 3 * before.fit) / 1000) * (1 + repeats) * (1 + 1 / (count + 1));
}

/** The kernel matrix, what cuSOLVER needs beside it, panels in four parts, and room for libraries. */
function fits(backend: Backend, { n, dtype }: Problem): boolean {
  const { freeBytes, reservedBytes } = deviceMemory(backend);
  const wanted = n * (1.25 * n + 6 * 512) * bytesPerElement(dtype) + 2 ** 28;
  return wanted < freeBytes + reservedBytes;
}

async function timeOurs(
  backend: Backend,
  problem: Problem,
  rates: Rates,
  repeats: number,
): Promise<Omit<Row, 'program'>> {
  const { x, y } = makeData(backend, problem);
  try {
    const fit = await medianTime(backend, () => fitAll(backend, problem, x, y), { warmUp: 1, repeats });
    const parts = await steps(backend, problem, x, y);
    const times: Record<string, number[]> = {};
    for (let round = -1; round < repeats; round++) {
      for (const { name, run } of parts.steps) {
        const time = await deviceTime(backend, run);
        if (round >= 0) times[name] = [...(times[name] ?? []), time];
      }
    }
    parts.dispose();
    const medians = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
    const fractions = parts.steps.map(({ name, flops, bytes }) => {
      const arithmetic = flops / (rates.products[problem.dtype] ?? Number.NaN);
      const least = 1000 * Math.max(arithmetic, bytes / rates.memory);
      return [name, least / (medians[name] ?? Number.NaN)] as const;
    });
    const { n, dtype } = problem;
    return { n, dtype, fit, steps: medians, fractions: Object.fromEntries(fractions) };
  } finally {
    x.dispose();
    y.dispose();
  }
}

function writeResult(result: Benchmark): void {
  const folder = process.env['AGOP_RESULTS'] ?? 'results';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.json'), JSON.stringify(result, null, 2));
}

function printTable(rows: readonly Row[]): void {
  const sorted = [...rows].sort((a, b) => a.dtype.localeCompare(b.dtype) || a.n - b.n);
  for (const { program, n, dtype, fit, steps: parts, fractions = {} } of sorted) {
    const details = Object.entries(parts).map(([name, time]) => {
      const fraction = fractions[name];
      const share = fraction === undefined ? '' : ` (${(100 * fraction).toFixed(0)} %)`;
      return `${name} ${time.toFixed(2)}${share}`;
    });
    const ours = sorted.find((row) => row.program === 'agop' && row.n === n && row.dtype === dtype);
    const factor = ours && program !== 'agop' ? `, ${(fit / ours.fit).toFixed(2)} times agop's` : '';
    console.log(
      `${dtype}  n = ${String(n).padStart(6)}  ${program.padEnd(18)} fit ${fit.toFixed(1).padStart(9)} ms${factor}  [${details.join(', ')}]`,
    );
  }
}
