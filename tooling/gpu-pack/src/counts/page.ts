import { countSteps, type StepCounts } from './count.ts';
import { h100 } from './counting-libraries.ts';

/** Rates of an H100 SXM that can be kept up, on paper: TFLOP/s by how products are made, and TB/s. */
const rates = { float32: 52, '3xtf32': 330, float64: 58, memory: 2.9 } as const;
const features = 100;
const updates = 3;
const sizes = [4000, 16_000, 64_000];

const marks = { begin: '<!-- counts: pnpm gpu:counts --write -->', end: '<!-- end of counts -->' } as const;

/** The tables of counts, in Markdown. */
export async function countsPage(): Promise<string> {
  const parts: string[] = [];
  for (const [title, dtype, precision] of [
    ['float32', 'float32', 'float32'],
    ['float32, Cholesky in 3xTF32', 'float32', '3xtf32'],
    ['float64', 'float64', 'float32'],
  ] as const) {
    parts.push(
      `**${title}**`,
      '',
      '| n | step | launches | calls of libraries | all native calls | TFLOP | GB touched | GB from memory | ms at least |',
      '|---|---|---|---|---|---|---|---|---|',
    );
    for (const n of sizes) {
      for (const row of await countSteps(h100, { n, d: features, dtype, updates }, precision)) {
        const name = row.step === 'fit' ? `fit with ${updates} updates` : row.step;
        const cells = [row.launches, row.libraryCalls, row.calls, fixed(row.flops / 1e12, 3)];
        const bytes = [fixed(row.touchedBytes / 1e9, 1), fixed(row.memoryBytes / 1e9, 1)];
        const isSplit = precision === '3xtf32' && row.step === 'Cholesky';
        const least = row.step === 'fit' ? '' : fixed(leastTime(row, isSplit ? '3xtf32' : dtype), 1);
        parts.push(`| ${[n, name, ...cells, ...bytes, least].join(' | ')} |`);
      }
    }
    parts.push('');
  }
  return parts.join('\n').trim();
}

/** A page with the part between the marks replaced. */
export function renewed(page: string, counts: string): string {
  const [before, rest] = [page.slice(0, page.indexOf(marks.begin)), page.slice(page.indexOf(marks.end))];
  return `${before}${marks.begin}\n\n${counts}\n\n${rest}`;
}

/** Milliseconds by the slower of arithmetic and memory. */
function leastTime({ flops, memoryBytes }: StepCounts, rate: keyof typeof rates): number {
  return 1000 * Math.max(flops / (rates[rate] * 1e12), memoryBytes / (rates.memory * 1e12));
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}
