import type { Result } from './measure.ts';
import { targetTable } from './targets.ts';

/** A run of the benchmark, as it is written to files. */
export interface Report {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memory: string;
    readonly system: string;
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
  return `${name.padEnd(34)} ${dtype} ${sizeText(size).padEnd(24)} ${numbers} ${against} ${ratioText(ratio).padStart(8)}`;
}

/** A Markdown page of all results. */
export function markdown(report: Report): string {
  const { machine, versions, results } = report;
  const rows = results.map(
    ({ name, dtype, size, ours, peer, ratio, unit }) =>
      `| ${name} | ${dtype} | ${sizeText(size)} | ${figure(ours)} | ${peer === null ? '' : figure(peer)} | ${unit} | ${ratioText(ratio)} |`,
  );
  return `# Benchmark

${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}. Made by \`pnpm bench\`: all contenders are processes that take turns, each figure is the best of
its rounds. A ratio above 1 says that we are faster (or smaller). Single lines vary by a quarter from run to run on a machine that is shared.

${Object.entries(versions)
  .map(([name, version]) => `- \`${name}\`: ${version}`)
  .join('\n')}

## Targets

Ratios that we want to reach with two threads, and those measured (lowest to highest over sizes). What stands in the way:
[performance.md](performance.md).

${targetTable(results)}

## All lines

| what | dtype | size | ours | peer | unit | ratio |
|---|---|---|--:|--:|---|--:|
${rows.join('\n')}
`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function ratioText(ratio: number | null): string {
  return ratio === null ? '' : `${ratio.toFixed(2)}x`;
}
