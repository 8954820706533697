import type { Result } from './measure.ts';
import { tooWide } from './spread.ts';
import { targetTable } from './targets.ts';

/** A run of the benchmark, as it is written to files. */
export interface Report {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memory: string;
    readonly system: string;
    /** Processes that wanted a core when the benchmark began and ended, the last minute's mean. */
    readonly load?: string | undefined;
  };
  /** What each contender says about itself, or why it is absent. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
}

/** `n 1024, d 20` */
export function sizeText(size: Readonly<Record<string, number>>): string {
  return Object.entries(size)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** One line for a terminal. */
export function line(result: Result): string {
  const { name, dtype, size, ours, peer, ratio, unit } = result;
  const numbers = `${figure(ours)} ${unit}`.padStart(16);
  const against = peer === null ? '' : `${figure(peer)} ${unit}`.padStart(16);
  const end = `${ratioText(ratio).padStart(8)} ${spreadText(result)}`;
  return `${name.padEnd(34)} ${dtype} ${sizeText(size).padEnd(24)} ${numbers} ${against} ${end}`;
}

/** A Markdown page of the results of all machines. */
export function markdown(reports: readonly Report[]): string {
  return `# Benchmark

Made by \`pnpm bench\`: all contenders are processes that take turns, each figure is the median of its rounds, each ratio the median of the ratios of neighbors in
a round. A ratio above 1 says that we are faster (or smaller). The spread is the distance between the quartiles of the ratios, or of our own figures where nobody competes, as a
share of the median; lines with more than a quarter are marked \`?\` and say nothing. Lines without a spread have fewer than three rounds, or are from a run that took the best
round. Units of \`cpu s\` are processor seconds of all threads. What stands in the way of the targets: [performance.md](performance.md).

${reports.map(section).join('\n')}`;
}

/** The results of one machine. */
function section({ machine, versions, results }: Report): string {
  const { cpu, cores, memory, system, load } = machine;
  const rows = results.map((result) => {
    const { name, dtype, size, ours, peer, ratio, unit } = result;
    const figures = `${figure(ours)} | ${peer === null ? '' : figure(peer)} | ${unit} | ${ratioText(ratio)}`;
    return `| ${name} | ${dtype} | ${sizeText(size)} | ${figures} | ${spreadText(result)} |`;
  });
  return `## ${cpu}

${cores} cores, ${memory}, ${system}.${load === undefined ? '' : ` Load ${load}.`}

${Object.entries(versions)
  .map(([name, version]) => `- \`${name}\`: ${version}`)
  .join('\n')}

### Targets

Ratios that we want to reach with two threads on a quiet machine, and those measured (lowest to highest over sizes).

${targetTable(results)}

### All lines

| what | dtype | size | ours | peer | unit | ratio | spread |
|---|---|---|--:|--:|---|--:|--:|
${rows.join('\n')}
`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function ratioText(ratio: number | null): string {
  return ratio === null ? '' : `${ratio.toFixed(2)}x`;
}

/** `± 8 %`, with a mark where that is too much to tell anything. */
function spreadText({ spread }: Result): string {
  if (spread === undefined) return '';
  return `± ${(100 * spread).toFixed(0)} %${spread > tooWide ? ' ?' : ''}`;
}
