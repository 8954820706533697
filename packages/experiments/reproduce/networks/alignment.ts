// How layers align with their gradients (arXiv 2402.05271): while a network trains on CIFAR-10, by Speed
// Limited Optimization, and as predicted before training.
//
//   pnpm reproduce alignment [--only start,speed] [--seeds N] [--full] [--out DIR] [--draw] [--again]
//
// The studies go to papers/results/alignment.json, those of the published sizes to alignment-full.json;
// --draw only draws the pictures and tables of papers/alignment.md anew.
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, type Given, resolve, whole } from '@agop/core/options';
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
  markdownTable,
  namedRuns,
  onlyOption,
  outOption,
  savingIn,
  useData,
} from '../page.ts';
import { program } from '../program.ts';

/** Runs of a study, with other seeds each. */
interface Study extends Given<typeof alignmentOptions> {
  readonly name: string;
  readonly seeds: number;
}

/** The first epochs of the trace are measured one by one; speeds differ much between draws of the samples. */
const studies: readonly Study[] = [
  { name: 'trace', study: 'trace', data: 'cifar10', every: 2, seeds: 3 },
  { name: 'start', study: 'trace', data: 'cifar10', epochs: 5, seeds: 3 },
  { name: 'unstable', study: 'trace', data: 'mnist', learningRate: 10, epochs: 20, every: 5, seeds: 3 },
  { name: 'speed', study: 'speed', seeds: 10 },
  { name: 'early', study: 'early', seeds: 3 },
];

/** The sizes of the publication; of the other studies it has none. */
const fullStudies: readonly Study[] = [
  { name: 'full', study: 'trace', data: 'cifar10', full: true, every: 5, seeds: 3 },
  { name: 'full-mnist', study: 'trace', data: 'mnist', full: true, every: 5, seeds: 3 },
];

export default program(
  {
    only: onlyOption,
    seeds: whole({
      from: 1,
      description: 'Runs of each, with the seeds 0, 1, …',
      defaultWords: '10 of speed, else 3',
    }),
    full: flag({ description: 'The published sizes of the trainings on CIFAR-10 and MNIST' }),
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ only, seeds, full, data, out, draw }, parts) => {
    useData(data);
    using backend = await createCpuBackend();
    const suffix = full ? '-full' : '';
    const file = join(out, `results/alignment${suffix}.json`);
    const results = await namedRuns(
      full ? fullStudies : studies,
      { file, only, draw, parts },
      async ({ name, ...given }, store) => {
        const settings = resolve(alignmentOptions, {
          ...given,
          seeds: seeds ?? given.seeds,
        });
        let told = 0;
        return runAlignment(settings, await readAlignmentData(settings), {
          backend,
          parts: store,
          onEvent: ({ what, secondsLeft }) => {
            if (performance.now() < told + 5000) return;
            told = performance.now();
            console.log(`${what}, ${secondsLeft?.toFixed(0) ?? '?'} s left`);
          },
        });
      },
    );
    const save = savingIn(join(out, 'alignment'));
    const [traced, start, unstable, speed, early] = studies.map(({ name }) => results[name]?.summary);
    const trace = traced && start ? withStart(traced, start) : traced;
    const traces = {
      ...(trace && { '': trace }),
      ...Object.fromEntries(
        fullStudies.flatMap(({ name }) => (results[name] ? [[`-${name}`, results[name].summary]] : [])),
      ),
    };
    for (const [suffix, one] of Object.entries(traces)) {
      save(`c-nfa${suffix}`, await alignmentChart(one, 'C-NFA', ({ c }) => c));
      save(`uc-nfa${suffix}`, await alignmentChart(one, 'UC-NFA', ({ uc }) => uc));
      save(`parts${suffix}`, await partsChart(one));
    }
    if (speed) {
      save('speed-uc', await speedBars(speed, 'UC-NFA of the first layer', ({ layers }) => layers[0]?.uc));
      save('speed-error', await speedBars(speed, 'Test error', ({ score }) => score.test));
    }
    fillTables(join(out, 'alignment.md'), {
      ...Object.fromEntries(
        Object.entries(traces).flatMap(([suffix, one]) =>
          (['uc', 'c'] as const).map((key) => [`${key}${suffix}`, traceTable(one, key)]),
        ),
      ),
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
