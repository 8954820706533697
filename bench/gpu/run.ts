import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGpuBackend, deviceMemory, deviceTime } from '@agop/backend-gpu';
import { type Backend, bytesPerElement, type FloatDType } from '@agop/core';
import { fitAll, makeData, type Problem, steps } from './fit.ts';
import { median, medianTime, productRate } from './measure.ts';

/** One line of results; times in milliseconds. */
interface Row {
  readonly program: string;
  readonly n: number;
  readonly dtype: FloatDType;
  /** A fit with its metric updates. */
  readonly fit: number;
  /** Single steps. */
  readonly steps: Readonly<Record<string, number>>;
  /** Steps as a fraction of the device's measured rate of matrix products. */
  readonly fractions?: Readonly<Record<string, number>>;
}

const features = 100;
const updates = 3;

/**
 * Times fits of agop on the device, and of PyTorch where it is there, prints a table and writes it as JSON.
 *
 * @param args `--sizes 4000,16000 --dtypes float32,float64 --repeats 5 --no-torch`; `--roof` is the order of
 *   the products that steps are compared with
 * @throws {UnavailableError} without a device
 */
export async function runBenchmark(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      sizes: { type: 'string', default: '4000,16000,32000,64000' },
      dtypes: { type: 'string', default: 'float32,float64' },
      repeats: { type: 'string', default: '5' },
      roof: { type: 'string', default: '8192' },
      torch: { type: 'boolean', default: true },
    },
  });
  const sizes = values.sizes.split(',').map(Number);
  const dtypes = values.dtypes.split(',').map((name): FloatDType => (name === 'float32' ? name : 'float64'));
  const repeats = Number(values.repeats);
  const rows: Row[] = [];
  const rates: Record<string, number> = {};
  let device: unknown;
  {
    using backend = await createGpuBackend({ engine: 'cuda' });
    device = backend.device;
    for (const dtype of dtypes) {
      const rate = await productRate(backend, dtype, Number(values.roof));
      rates[dtype] = rate;
      console.log(`${dtype}: matrix products of order ${values.roof} at ${(rate / 1e12).toFixed(1)} TFLOP/s`);
      for (const n of sizes) {
        const problem = { n, d: features, dtype, updates };
        if (fits(backend, problem)) rows.push(await timeOurs(backend, problem, rate, repeats));
        else console.log(`n = ${n}, ${dtype}: left out, the kernel matrix does not fit beside what it needs`);
      }
    }
  }
  // The device's memory is free again for the other program.
  if (values.torch) rows.push(...timeTorch(sizes, dtypes, repeats));
  printTable(rows);
  const folder = process.env['AGOP_RESULTS'] ?? 'results';
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'bench.json'),
    JSON.stringify({ device, features, updates, rates, rows }, null, 2),
  );
}

/** The kernel matrix and what cuSOLVER needs beside it, some blocks of 512 rows, and room for libraries. */
function fits(backend: Backend, { n, dtype }: Problem): boolean {
  const { freeBytes, reservedBytes } = deviceMemory(backend);
  const wanted = n * (1.15 * n + 6 * 512) * bytesPerElement(dtype) + 2 ** 27;
  return wanted < freeBytes + reservedBytes;
}

async function timeOurs(backend: Backend, problem: Problem, rate: number, repeats: number): Promise<Row> {
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
    const fractions = parts.steps.map(({ name, flops }) => [
      name,
      flops / ((medians[name] ?? Number.NaN) / 1000) / rate,
    ]);
    return {
      program: 'agop',
      n: problem.n,
      dtype: problem.dtype,
      fit,
      steps: medians,
      fractions: Object.fromEntries(fractions),
    };
  } finally {
    x.dispose();
    y.dispose();
  }
}

/** The PyTorch programs beside this file, where there is a Python with PyTorch and CUDA. */
function timeTorch(sizes: readonly number[], dtypes: readonly string[], repeats: number): Row[] {
  const check = spawnSync('python3', ['-c', 'import torch; assert torch.cuda.is_available()']);
  if (check.status !== 0) {
    console.log('PyTorch: left out, python3 has no PyTorch that sees a device');
    return [];
  }
  const script = [
    join(import.meta.dirname, 'torch_rfm.py'),
    join(import.meta.dirname, '../torch_rfm.py'),
  ].find(existsSync);
  if (!script) throw new Error('torch_rfm.py is not beside this program.');
  const options = ['--sizes', sizes.join(), '--dtypes', dtypes.join(), '--repeats', `${repeats}`];
  const sizesOfProblem = ['--features', `${features}`, '--updates', `${updates}`];
  const output = execFileSync('python3', [script, ...options, ...sizesOfProblem], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Row => JSON.parse(line));
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
