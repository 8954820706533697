import type { TextSummary } from '../experiment.ts';
import { meanAndSpread, spreadText } from '../spread.ts';
import type { DelayedRun, PhenomenaResult, PhenomenaSummary } from './result.ts';

/** Runs that differ in their seed only. */
export function byMarker(runs: readonly DelayedRun[]): DelayedRun[][] {
  const groups = new Map<string, DelayedRun[]>();
  for (const run of runs) {
    const key = `${run.contrast} ${run.few}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

/** A number over runs, for tables. */
export function over<R>(runs: readonly R[], of: (run: R) => number | undefined, digits = 3): string {
  return spreadText(meanAndSpread(runs.map((run) => of(run) ?? Number.NaN)), digits);
}

function mean<R>(runs: readonly R[], of: (run: R) => number | undefined): number {
  return meanAndSpread(runs.map((run) => of(run) ?? Number.NaN)).mean;
}

/** `one pixel of contrast 0.5, 10 : 300 images`. */
export function markerWords({ contrast, few, many }: DelayedRun): string {
  return `one pixel of contrast ${contrast}, ${few} : ${many} images`;
}

/** A result as text. */
export function phenomenaText({ summary }: PhenomenaResult): TextSummary & { readonly table: string[] } {
  const { seeds, epochs, width, device, dtype } = summary;
  return {
    title: 'Phenomena of networks, without a network',
    facts: [
      `RFM: Laplace kernel of bandwidth 10, ridge 0.001 · network: 2 hidden layers of ${width} units, rate 0.1, ${epochs} epochs`,
      `${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`} · ${device}, ${dtype}`,
    ],
    table: [
      ...delayedTable(summary),
      ...spuriousTable(summary),
      ...simplicityTable(summary),
      ...lotteryTable(summary),
    ],
    findings: verdict(summary),
  };
}

const cell = (text: string): string => text.padStart(18);

function delayedTable({ delayed }: PhenomenaSummary): string[] {
  return byMarker(delayed).flatMap((runs) => {
    const [first] = runs as [DelayedRun];
    return [
      `Delayed generalization: ${markerWords(first)}`,
      `  iteration${['train', 'test', 'M on the marker'].map(cell).join('')}`,
      ...first.iterations.map(
        (_, i) =>
          `  ${String(i).padStart(9)}${[
            over(runs, ({ iterations }) => iterations[i]?.train),
            over(runs, ({ iterations }) => iterations[i]?.test),
            over(runs, ({ iterations }) => iterations[i]?.markerShare),
          ]
            .map(cell)
            .join('')}`,
      ),
      `  network  ${[over(runs, ({ epochs }) => epochs.at(-1)?.train), over(runs, ({ epochs }) => epochs.at(-1)?.test)].map(cell).join('')}`,
      '',
    ];
  });
}

function spuriousTable({ spurious }: PhenomenaSummary): string[] {
  if (spurious.length === 0) return [];
  const row = (name: string, of: 'rfm' | 'network') =>
    `  ${name.padEnd(9)}${(['marked', 'without', 'swapped'] as const).map((form) => cell(over(spurious, (run) => run[of][form]))).join('')}`;
  return [
    'Spurious features: accuracy on test images',
    `           ${['with the marker', 'without', 'swapped'].map(cell).join('')}`,
    row('RFM', 'rfm'),
    row('network', 'network'),
    '',
  ];
}

function simplicityTable({ simplicity }: PhenomenaSummary): string[] {
  if (simplicity.length === 0) return [];
  const row = (name: string, of: 'plain' | 'rfm' | 'network') =>
    `  ${name.padEnd(12)}${(['accuracy', 'photo', 'digit'] as const).map((what) => cell(over(simplicity, (run) => run[of][what]))).join('')}`;
  return [
    'Simplicity bias: photo beside digit',
    `              ${['same class', 'follows photo', 'follows digit'].map(cell).join('')}`,
    row('kernel', 'plain'),
    row('RFM', 'rfm'),
    row('network', 'network'),
    '',
  ];
}

function lotteryTable({ lottery }: PhenomenaSummary): string[] {
  const [first] = lottery;
  if (!first) return [];
  return [
    `Lottery tickets: all pixels ${over(lottery, ({ all }) => all)}`,
    `  threshold${['pixels', 'by diag M', 'at random', 'by variance'].map(cell).join('')}`,
    ...first.tickets.map(
      ({ threshold }, i) =>
        `  ${String(threshold).padStart(9)}${[
          over(lottery, ({ tickets }) => tickets[i]?.pixels, 0),
          ...(['chosen', 'random', 'variance'] as const).map((which) =>
            over(lottery, ({ tickets }) => tickets[i]?.[which]),
          ),
        ]
          .map(cell)
          .join('')}`,
    ),
    '',
  ];
}

/** What happened, in words. */
export function verdict({ delayed, spurious, simplicity, lottery }: PhenomenaSummary): string[] {
  const share = (value: number): string => value.toFixed(3);
  const found: string[] = [];
  for (const runs of byMarker(delayed)) {
    const [first] = runs as [DelayedRun];
    const last = first.iterations.length - 1;
    found.push(
      `${markerWords(first)}: the machine is right on ${share(mean(runs, ({ iterations }) => iterations[0]?.train))} of the training images at once, on ${share(mean(runs, ({ iterations }) => iterations[0]?.test))} of the test images; after ${last} updates on ${share(mean(runs, ({ iterations }) => iterations[last]?.test))}.`,
    );
  }
  if (spurious.length > 0) {
    found.push(
      `Where the marker is swapped, the machine is right on ${share(mean(spurious, ({ rfm }) => rfm.swapped))} of the images, the network on ${share(mean(spurious, ({ network }) => network.swapped))}. M of the first fit correlates ${share(mean(spurious, ({ similarity }) => similarity.change))} with DᵀD of the network's first layer, ${share(mean(spurious, ({ similarity }) => similarity.nfm))} with WᵀW.`,
    );
  }
  if (simplicity.length > 0) {
    found.push(
      `Beside a digit of another class, the machine follows the digit in ${share(mean(simplicity, ({ rfm }) => rfm.digit))} of the pairs, the photo in ${share(mean(simplicity, ({ rfm }) => rfm.photo))}; the network in ${share(mean(simplicity, ({ network }) => network.digit))} and ${share(mean(simplicity, ({ network }) => network.photo))}.`,
    );
  }
  for (const [i, { threshold }] of (lottery[0]?.tickets ?? []).entries()) {
    found.push(
      `Threshold ${threshold} keeps ${Math.round(mean(lottery, ({ tickets }) => tickets[i]?.pixels))} pixels: accuracy ${share(mean(lottery, ({ tickets }) => tickets[i]?.chosen))}, at random ${share(mean(lottery, ({ tickets }) => tickets[i]?.random))}.`,
    );
  }
  return found;
}
