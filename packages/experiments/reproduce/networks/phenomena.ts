// Phenomena of networks that Recursive Feature Machines show as well (arXiv 2212.13881), on CIFAR-10 and
// MNIST.
//
//   pnpm reproduce phenomena [--seeds N] [--out DIR] [--draw] [--again]
//
// The runs go to papers/results/phenomena.json; --draw only draws pictures and tables of papers/phenomena.md
// anew.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, resolve, whole } from '@agop/core/options';
import { readPhenomenaData } from '../../src/node/phenomena-data.ts';
import { delayedChart, pictureGrid } from '../../src/phenomena/report.ts';
import type { DelayedRun, PhenomenaResult, PhenomenaSummary } from '../../src/phenomena/result.ts';
import { runPhenomena } from '../../src/phenomena/run.ts';
import { byMarker, over } from '../../src/phenomena/sentences.ts';
import { type Phenomenon, phenomena, phenomenaOptions } from '../../src/phenomena/settings.ts';
import type { PartStore } from '../../src/run-parts.ts';
import { dataOption, fillTables, markdownTable, outOption, saveJson, savingIn, useData } from '../page.ts';
import { program } from '../program.ts';

export default program(
  {
    seeds: whole({
      from: 1,
      description: 'Runs of each, with the seeds 0, 1, …',
      defaultWords: '10 of spurious features, else 3',
    }),
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ seeds, data, out, draw }, parts) => {
    useData(data);
    const file = join(out, 'results/phenomena.json');
    const result: PhenomenaResult | undefined = draw
      ? existsSync(file)
        ? JSON.parse(readFileSync(file, 'utf8'))
        : undefined
      : await run(seeds, parts);
    if (!result) return;
    if (!draw) saveJson(file, result, 0);
    const { summary, pictures } = result;
    const save = savingIn(join(out, 'phenomena'));
    const markers = byMarker(summary.delayed);
    for (const runs of markers) {
      const [{ contrast, few }] = runs as [DelayedRun];
      save(`delayed-${contrast}-${few}`, await delayedChart(runs));
    }
    save('spurious', pictureGrid(pictures.spurious, 'Marked images, and what looks at them'));
    save('simplicity', pictureGrid(pictures.simplicity, 'Pairs, and what looks at them'));
    save('lottery', pictureGrid(pictures.lottery, 'Pixels that are kept'));
    fillTables(join(out, 'phenomena.md'), {
      delayed: delayedTable(markers),
      spurious: spuriousTable(summary),
      shares: sharesTable(summary),
      halves: halvesTable(summary),
      similarity: similarityTable(summary),
      simplicity: simplicityTable(summary),
      lottery: lotteryTable(summary),
    });
  },
);

/** Shares of the network's AGOP differ between networks: more of them. */
async function run(seeds: number | undefined, parts: PartStore): Promise<PhenomenaResult> {
  const others = phenomena.filter((phenomenon) => phenomenon !== 'spurious');
  const first = await runOf(others, seeds ?? 3, parts);
  const { summary, pictures } = await runOf(['spurious'], seeds ?? 10, parts);
  return {
    ...first,
    summary: {
      ...first.summary,
      spurious: summary.spurious,
      seconds: first.summary.seconds + summary.seconds,
    },
    pictures: { ...first.pictures, spurious: pictures.spurious },
  };
}

async function runOf(
  phenomenon: readonly Phenomenon[],
  seeds: number,
  parts: PartStore,
): Promise<PhenomenaResult> {
  const settings = resolve(phenomenaOptions, { phenomenon, seeds });
  using backend = await createCpuBackend();
  let told = 0;
  return await runPhenomena(settings, await readPhenomenaData(settings), {
    backend,
    parts,
    onEvent: ({ phenomenon, seed, secondsLeft }) => {
      if (performance.now() < told + 5000) return;
      told = performance.now();
      console.log(`seed ${seed}, ${phenomenon}, ${secondsLeft?.toFixed(0) ?? '?'} s left`);
    },
  });
}

function delayedTable(markers: readonly (readonly DelayedRun[])[]): string {
  const rows = markers.map((runs) => {
    const [{ contrast, few, many, iterations }] = runs as [DelayedRun];
    return [
      `contrast ${contrast}, ${few} : ${many}`,
      over(runs, (one) => one.iterations[0]?.train),
      ...iterations.map((_, i) => over(runs, (one) => one.iterations[i]?.test)),
      `${over(runs, (one) => one.iterations[0]?.markerShare)} → ${over(runs, (one) => one.iterations.at(-1)?.markerShare)}`,
      over(runs, (one) => one.epochs.at(-1)?.test),
    ];
  });
  return markdownTable(
    ['marker', 'train', 'test, iteration 0', '1', '2', '3', 'M on the pixel', 'network, test'],
    rows,
    [1, 2, 3, 4, 5, 6, 7],
  );
}

function spuriousTable({ spurious }: PhenomenaSummary): string {
  const forms = ['marked', 'without', 'swapped'] as const;
  return markdownTable(
    ['learner', 'with the marker', 'without', 'swapped'],
    (['rfm', 'network'] as const).map((learner) => [
      learner === 'rfm' ? 'RFM' : 'network',
      ...forms.map((form) => over(spurious, (one) => one[learner][form])),
    ]),
    [1, 2, 3],
  );
}

function sharesTable({ spurious }: PhenomenaSummary): string {
  const keys = ['metric', 'change', 'agop', 'nfm'] as const;
  return markdownTable(
    ['M of RFM', 'DᵀD', 'AGOP', 'WᵀW'],
    [
      keys.map((key) => over(spurious, ({ shares }) => shares[key])),
      keys.map((key) => {
        const values = spurious.map(({ shares }) => shares[key]);
        return `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
      }),
    ],
    [0, 1, 2, 3],
  );
}

function similarityTable({ spurious }: PhenomenaSummary): string {
  const keys = ['change', 'rootChange', 'agop', 'nfm'] as const;
  return markdownTable(
    ['M and DᵀD', '√M and DᵀD', 'M and AGOP', 'M and WᵀW'],
    [keys.map((key) => over(spurious, ({ similarity }) => similarity[key]))],
    [0, 1, 2, 3],
  );
}

function simplicityTable({ simplicity }: PhenomenaSummary): string {
  const learners = [
    ['plain', 'kernel machine'],
    ['rfm', 'RFM, 1 update'],
    ['network', 'network'],
  ] as const;
  return markdownTable(
    ['learner', 'same class', 'follows the photo', 'follows the digit'],
    learners.map(([key, name]) => [
      name,
      ...(['accuracy', 'photo', 'digit'] as const).map((what) => over(simplicity, (one) => one[key][what])),
    ]),
    [1, 2, 3],
  );
}

function halvesTable({ simplicity }: PhenomenaSummary): string {
  const keys = ['metric', 'change'] as const;
  return markdownTable(
    ['M of RFM', 'DᵀD'],
    [keys.map((key) => over(simplicity, ({ shares }) => shares[key]))],
    [0, 1],
  );
}

function lotteryTable({ lottery }: PhenomenaSummary): string {
  const tickets = lottery[0]?.tickets ?? [];
  return markdownTable(
    ['threshold', 'pixels', 'by diag M', 'at random', 'by variance'],
    tickets.map(({ threshold }, i) => [
      String(threshold),
      over(lottery, (one) => one.tickets[i]?.pixels, 0),
      ...(['chosen', 'random', 'variance'] as const).map((key) =>
        over(lottery, (one) => one.tickets[i]?.[key]),
      ),
    ]),
    [0, 1, 2, 3, 4],
  );
}
