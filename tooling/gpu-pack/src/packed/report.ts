import { type Block, block, formatNumber, htmlPage } from '@agop/report';
import type { Benchmark } from '../../../../bench/gpu/result.ts';
import type { PartResult } from './parts.ts';

/** A part that has run, with how long it took. */
export interface FinishedPart extends PartResult {
  readonly part: string;
  readonly title: string;
  readonly seconds: number;
}

/** All results on one page. */
export function reportPage(finished: readonly FinishedPart[], date: Date): string {
  const device = finished.find(({ part }) => part === 'info');
  return htmlPage({
    title: 'agop on a GPU',
    subtitle: `${device?.summary ?? 'no device'}, ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    intro: [
      block.table({
        caption: 'Parts',
        header: ['part', 'outcome', 'what', 'seconds'],
        rows: finished.map(({ title, status, summary, seconds }) => [title, status, summary, seconds]),
        marked: finished.flatMap(({ status }, i) => (status === 'failed' ? [i] : [])),
      }),
    ],
    sections: finished.map(({ part, title, lines = [], data }) => ({
      heading: title,
      blocks: [...(part === 'bench' ? benchBlocks(data) : []), ...lineBlocks(lines)],
    })),
    commandLine: './run.sh check; ./run.sh measure',
  });
}

const mostLines = 200;

function lineBlocks(lines: readonly string[]): Block[] {
  if (lines.length === 0) return [block.text('Nothing to say.')];
  const rest = lines.length > mostLines ? [`… and ${lines.length - mostLines} lines more`] : [];
  return [block.code([...lines.slice(0, mostLines), ...rest].join('\n'))];
}

function isBenchmark(data: unknown): data is Benchmark {
  return typeof data === 'object' && data !== null && 'rows' in data && 'rates' in data;
}

/** Milliseconds of fits and steps, and steps as parts of their roof. */
function benchBlocks(data: unknown): Block[] {
  if (!isBenchmark(data)) return [];
  const names = [...new Set(data.rows.flatMap(({ steps }) => Object.keys(steps)))];
  const rows = data.rows.map(({ program, n, dtype, fit, steps, fractions = {} }) => [
    program,
    dtype,
    String(n),
    formatNumber(fit),
    ...names.map((name) => {
      const [time, fraction] = [steps[name], fractions[name]];
      if (time === undefined) return '';
      return fraction === undefined
        ? formatNumber(time)
        : `${formatNumber(time)} (${Math.round(100 * fraction)} %)`;
    }),
  ]);
  return [
    block.text(
      `A fit with ${data.updates} metric updates, ${data.features} features, one output: medians in milliseconds by the device's events. In brackets, the part of the roofline: the slower of arithmetic at the measured rate of square products and traffic at the measured rate of copies, over the time.`,
    ),
    block.table({
      caption: 'Fits and their steps',
      header: ['program', 'dtype', 'n', 'fit', ...names],
      rows,
    }),
  ];
}
