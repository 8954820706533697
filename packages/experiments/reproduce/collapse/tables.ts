import { collapseDrop, totalDrop } from '@agop/deep-rfm';
import { moments } from '../../src/moments.ts';
import { markdownTable } from '../page.ts';
import { experiments, type RunResult } from './runs.ts';

/** The tables of the page by name; `overview` is the one with a row for each experiment. */
export function collapseTables(runs: readonly RunResult[]): Record<string, string> {
  const tables = experiments.map(({ name }) => [name, layerTable(runsOf(runs, name))]);
  return { overview: overview(runs), ...Object.fromEntries(tables) };
}

function runsOf(runs: readonly RunResult[], name: string): RunResult[] {
  return runs.filter(({ experiment }) => experiment === name);
}

function overview(runs: readonly RunResult[]): string {
  const rows = experiments.flatMap(({ name }) => {
    const own = runsOf(runs, name);
    const [one] = own;
    if (one === undefined) return [];
    const last = (run: RunResult) => run.layers.at(-1) as RunResult['layers'][number];
    const drops = own.map(({ layers }) => totalDrop(layers.map(({ train }) => collapseDrop(train.nc1))));
    return [
      [
        name,
        `${one.trainingRows} × ${one.features}`,
        one.map,
        String(own.length),
        spread(own.map(({ layers }) => layers[0]?.train.nc1.input ?? Number.NaN)),
        spread(own.map((run) => last(run).train.nc1.projected)),
        spread(own.map((run) => last(run).heldOut.nc1.projected)),
        plain(drops.map(({ projection }) => projection)),
        plain(drops.map(({ map }) => map)),
        percent(own.map(({ input }) => input.heldOut)),
        percent(own.map((run) => last(run).heldOut.accuracy)),
      ],
    ];
  });
  return markdownTable(
    [
      'run',
      'rows × features',
      'Φ',
      'seeds',
      'NC1 at the input',
      'NC1 after the last projection',
      'the same, held out',
      'decades by the projections',
      'decades by Φ',
      'accuracy, input',
      'accuracy, last layer',
    ],
    rows,
  );
}

function layerTable(runs: readonly RunResult[]): string {
  const depth = runs[0]?.layers.length ?? 0;
  const rows = Array.from({ length: depth }, (_, layer) => {
    const at = runs.map(({ layers }) => layers[layer] as RunResult['layers'][number]);
    return [
      String(layer + 1),
      spread(at.map(({ train }) => train.nc1.input)),
      spread(at.map(({ train }) => train.nc1.projected)),
      spread(at.map(({ train }) => train.nc1.features)),
      spread(at.map(({ train }) => train.nc2.projected)),
      spread(at.map(({ heldOut }) => heldOut.nc1.projected)),
      percent(at.map(({ heldOut }) => heldOut.accuracy)),
    ];
  });
  return markdownTable(
    [
      'layer',
      'NC1 of X',
      'NC1 of X √M',
      'NC1 of Φ(X √M)',
      'NC2 of X √M',
      'NC1 of X √M, held out',
      'accuracy',
    ],
    rows,
  );
}

/** Mean ± standard deviation (n - 1) of positive numbers of any size, e.g. `2.44e-2 ± 0.03e-2`. */
function spread(values: readonly number[]): string {
  const [mean, deviation] = moments(values);
  // Seeds that agree to rounding: the first layer has no random part before Φ.
  if (deviation < 1e-9 * mean) return mean.toPrecision(3);
  const exponent = Math.floor(Math.log10(mean));
  if (exponent >= -2 && exponent < 3) return `${mean.toPrecision(3)}${range(deviation.toPrecision(1))}`;
  const scale = 10 ** exponent;
  return `${(mean / scale).toFixed(2)}e${exponent}${range(`${(deviation / scale).toFixed(2)}e${exponent}`)}`;

  function range(text: string): string {
    return values.length > 1 ? ` ± ${text}` : '';
  }
}

function plain(values: readonly number[]): string {
  const [mean, deviation] = moments(values);
  return values.length > 1 ? `${mean.toFixed(2)} ± ${deviation.toFixed(2)}` : mean.toFixed(2);
}

function percent(values: readonly number[]): string {
  return `${plain(values.map((value) => 100 * value))} %`;
}
