import { runBenchmark } from '../../../../bench/gpu/run.ts';
import type { PartResult } from './parts.ts';

const defaults = ['--sizes', '4000,16000,32000,64000', '--repeats', '3', '--seconds', '255'];

/** The benchmark, and how it compares. Further arguments override the defaults. */
export async function measure(args: readonly string[]): Promise<PartResult> {
  const result = await runBenchmark([...defaults, ...args]);
  const { rates, rows, leftOut } = result;
  const products = Object.entries(rates.products).map(
    ([dtype, rate]) => `${dtype} ${(rate / 1e12).toFixed(1)} TFLOP/s`,
  );
  const lines = rows.flatMap((row) => {
    const torch = rows.filter(
      (one) => one.program.startsWith('torch') && one.n === row.n && one.dtype === row.dtype,
    );
    const best = Math.min(...torch.map(({ fit }) => fit));
    if (row.program.startsWith('torch') || !Number.isFinite(best)) return [];
    return `${row.program}, n = ${row.n}, ${row.dtype}: ${(best / row.fit).toFixed(2)} times as fast as the better PyTorch program`;
  });
  return {
    status: rows.length > 0 ? 'passed' : 'failed',
    summary: `${rows.length} fits timed; products ${products.join(', ')}; memory ${(rates.memory / 1e9).toFixed(0)} GB/s`,
    lines: [...lines, ...leftOut.map((text) => `left out: ${text}`)],
    data: result,
  };
}
