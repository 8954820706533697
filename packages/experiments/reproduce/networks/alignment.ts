// How layers align with their gradients (arXiv 2402.05271): while a network trains on CIFAR-10, by Speed
// Limited Optimization, and as predicted before training.
//
//   pnpm reproduce alignment [--only start,speed] [--seeds N] [--full] [--out DIR] [--draw]
//
// Each study is added to papers/results/alignment.json as it ends, and not made again where it is; --draw
// only draws the pictures and tables of papers/alignment.md anew.
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, resolve, whole } from '@agop/core/options';
import { alignmentChart, partsChart, speedBars } from '../../src/alignment/report.ts';
import type { AlignmentSummary, SpeedRow } from '../../src/alignment/result.ts';
import { runAlignment } from '../../src/alignment/run.ts';
import {
  largestError,
  ofLayer,
  predictedText,
  shownEpochs,
  speedColumns,
  speedWords,
} from '../../src/alignment/sentences.ts';
import { alignmentOptions } from '../../src/alignment/settings.ts';
import { readAlignmentData } from '../../src/node/alignment-data.ts';
import { meanAndSpread, spreadText } from '../../src/spread.ts';
import {
  dataOption,
  fillTables,
  keptRuns,
  markdownTable,
  onlyOption,
  outOption,
  savingIn,
  useData,
} from '../page.ts';
import { program } from '../program.ts';

/** The first epochs of the trace are measured one by one; speeds differ much between draws of the samples. */
const studies = [
  { name: 'trace', study: 'trace', data: 'cifar10', every: 2, seeds: 3 },
  { name: 'start', study: 'trace', data: 'cifar10', epochs: 5, seeds: 3 },
  { name: 'unstable', study: 'trace', data: 'mnist', learningRate: 10, epochs: 20, every: 5, seeds: 3 },
  { name: 'speed', study: 'speed', seeds: 10 },
  { name: 'early', study: 'early', seeds: 3 },
] as const;

export default program(
  {
    only: onlyOption,
    seeds: whole({
      from: 1,
      description: 'Runs of each, with the seeds 0, 1, …',
      defaultWords: '10 of speed, else 3',
    }),
    full: flag({ description: 'The published sizes of the training on CIFAR-10' }),
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ only, seeds, full, data, out, draw }) => {
    useData(data);
    using backend = await createCpuBackend();
    const file = join(out, 'results/alignment.json');
    const results = await keptRuns(studies, { file, only, draw }, async ({ name, ...given }) => {
      const settings = resolve(alignmentOptions, {
        ...given,
        seeds: seeds ?? given.seeds,
        ...(full && name === 'trace' && { full }),
      });
      let told = 0;
      return runAlignment(settings, await readAlignmentData(settings), {
        backend,
        onEvent: ({ what, secondsLeft }) => {
          if (performance.now() < told + 5000) return;
          told = performance.now();
          console.log(`${what}, ${secondsLeft?.toFixed(0) ?? '?'} s left`);
        },
      });
    });
    const save = savingIn(join(out, 'alignment'));
    const [traced, start, unstable, speed, early] = studies.map(({ name }) => results[name]?.summary);
    const trace = traced && start ? withStart(traced, start) : traced;
    if (trace) {
      save('c-nfa', await alignmentChart(trace, 'C-NFA', ({ c }) => c));
      save('uc-nfa', await alignmentChart(trace, 'UC-NFA', ({ uc }) => uc));
      save('parts', await partsChart(trace));
    }
    if (speed) {
      save('speed-uc', await speedBars(speed, 'UC-NFA of the first layer', ({ layers }) => layers[0]?.uc));
      save('speed-error', await speedBars(speed, 'Test error', ({ score }) => score.test));
    }
    fillTables(join(out, 'alignment.md'), {
      ...(trace && { uc: traceTable(trace, 'uc'), c: traceTable(trace, 'c') }),
      ...(unstable && { unstable: unstableTable(unstable) }),
      ...(speed && { speed: speedTable(speed), speedRange: rangeTable(speed) }),
      ...(early && { early: earlyTable(early) }),
    });
  },
);

function traceTable(summary: AlignmentSummary, key: 'uc' | 'c'): string {
  const layers = Array.from({ length: summary.layers }, (_, i) => i);
  const rows = shownEpochs(summary)
    .filter((epoch) => key === 'uc' || epoch > 0)
    .map((epoch) => [String(epoch), ...layers.map((i) => ofLayer(summary, epoch, i, (layer) => layer[key]))]);
  const predicted = ['predicted', ...layers.map((i) => predictedText(summary, i))];
  return markdownTable(
    ['epoch', ...layers.map((i) => `layer ${i + 1}`)],
    key === 'c' ? [predicted, ...rows] : rows,
    layers.map((i) => i + 1),
  );
}

/** A trace with the epochs that a shorter one, of the same seeds, has measured. */
function withStart(trace: AlignmentSummary, start: AlignmentSummary): AlignmentSummary {
  const traces = trace.traces.map((own) => {
    const begun = start.traces.find(({ seed }) => seed === own.seed)?.epochs ?? [];
    const last = begun.at(-1)?.epoch ?? -1;
    return { ...own, epochs: [...begun, ...own.epochs.filter(({ epoch }) => epoch > last)] };
  });
  return { ...trace, traces };
}

function unstableTable(summary: AlignmentSummary): string {
  const { traces } = summary;
  const rows = (traces[0]?.epochs ?? []).map(({ epoch }, i) => [
    String(epoch),
    spreadText(meanAndSpread(traces.flatMap(({ epochs }) => epochs[i]?.loss ?? []))),
    ofLayer(summary, epoch, 0, ({ uc }) => uc),
    ofLayer(summary, epoch, 0, ({ c }) => c),
  ]);
  return markdownTable(['epoch', 'loss', 'UC-NFA of layer 1', 'C-NFA of layer 1'], rows, [1, 2, 3]);
}

/** Smallest and largest of the seeds. */
function rangeTable({ speeds }: AlignmentSummary): string {
  const columns: readonly (readonly [string, (run: SpeedRow['runs'][number]) => number | undefined])[] = [
    ['test', ({ score }) => score.test],
    ['UC 1', ({ layers }) => layers[0]?.uc],
    ['UC 2', ({ layers }) => layers[1]?.uc],
    ['AGOP on 3', ({ agopShare }) => agopShare],
  ];
  return markdownTable(
    ['optimizer', ...columns.map(([name]) => name)],
    speeds.map((row) => [
      speedWords(row),
      ...columns.map(([, of]) => {
        const values = row.runs.flatMap((run) => of(run) ?? []);
        return `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
      }),
    ]),
    columns.map((_, i) => i + 1),
  );
}

function speedTable({ speeds }: AlignmentSummary): string {
  return markdownTable(
    ['optimizer', 'train', 'test', 'UC 1', 'root 1', 'C 1', 'UC 2', 'WᵀW on 3', 'AGOP on 3'],
    speeds.map((row) => [speedWords(row), ...speedColumns(row)]),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
}

function earlyTable({ early }: AlignmentSummary): string {
  const widths = early[0]?.widths ?? [];
  return markdownTable(
    ['target', 'spectrum', 'infinite width', ...widths.map(({ width }) => `${width} units`), 'largest error'],
    early.map((row) => [
      row.target,
      String(row.spectrum),
      spreadText(meanAndSpread(row.infinite), 4),
      ...row.widths.map(({ predicted }) => spreadText(meanAndSpread(predicted), 4)),
      largestError([row]).toExponential(0),
    ]),
    [1, 2, ...widths.map((_, i) => i + 3), widths.length + 3],
  );
}
