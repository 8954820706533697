import { checkMembers } from '@agop/core/options';
import { largest, smallest } from '../extent.ts';
import {
  type ChartOptions,
  checkChart,
  defaultWidth,
  frameSvg,
  seriesColor,
  signColors,
} from '../svg/frame.ts';
import { innerMarkup, loadPlotter } from '../svg/plot.ts';
import { formatNumber } from '../svg/text.ts';
import { fitText, textWidth } from './labels.ts';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at its end. Default: the value, by `format`. */
  readonly text?: string;
}

/** Options of {@link barChart}. */
export interface BarChartOptions extends ChartOptions {
  readonly bars: readonly Bar[];
  /** Name of the quantity. */
  readonly label?: string;
  /** How values are printed at the ends of bars. Default: four significant digits. */
  readonly format?: (value: number) => string;
}

const rowHeight = 22;
const margin = { top: 8, bottom: 26 };
const labelLimit = 170;

/**
 * Horizontal bars with their values, in the given order from top to bottom: feature importances, accuracies.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 */
export async function barChart(options: BarChartOptions): Promise<string> {
  checkChart('barChart()', options, { bars: 'objects', label: 'text?', format: 'function?' });
  for (const [i, bar] of options.bars.entries()) {
    checkMembers(`bars[${i}]`, bar, { label: 'text', value: 'number', text: 'text?' });
  }
  const { Plot, document } = await loadPlotter();
  const { bars, format = formatNumber } = options;
  const width = options.width ?? defaultWidth;
  const bottom = options.label === undefined ? margin.top : margin.bottom;
  const height = margin.top + bottom + rowHeight * bars.length;
  const values = bars.map((bar) => (Number.isFinite(bar.value) ? bar.value : 0));
  const low = smallest(values, 0);
  const high = largest(values, 0);
  const rows = bars.map((bar, i) => ({
    key: i,
    name: fitText(bar.label, labelLimit),
    value: values[i] ?? 0,
    text: bar.text ?? format(bar.value),
    color: low < 0 ? ((values[i] ?? 0) < 0 ? signColors.negative : signColors.positive) : seriesColor(0),
  }));
  const printed =
    10 +
    largest(
      rows.map((row) => textWidth(row.text)),
      0,
    );
  const drawn = Plot.plot({
    document,
    width,
    height,
    marginTop: margin.top,
    marginBottom: bottom,
    marginLeft:
      12 +
      largest(
        rows.map((row) => textWidth(row.name)),
        0,
      ) +
      (low < 0 ? printed : 0),
    marginRight: high > 0 ? printed : 8,
    style: { fontSize: '12px' },
    x: { domain: low === high ? [0, 1] : [low, high], axis: null },
    y: { domain: rows.map((row) => row.key), axis: null, padding: 0.25 },
    marks: [
      Plot.barX(rows, { x: 'value', y: 'key', fill: 'color' }),
      Plot.ruleX([0], { strokeOpacity: 0.5 }),
      Plot.text(rows, {
        y: 'key',
        text: 'name',
        frameAnchor: 'left',
        textAnchor: 'end',
        dx: -6 - (low < 0 ? printed : 0),
      }),
      ...[1, -1].map((sign) =>
        Plot.text(
          rows.filter((row) => (row.value < 0 ? -1 : 1) === sign),
          {
            x: 'value',
            y: 'key',
            text: 'text',
            textAnchor: sign > 0 ? 'start' : 'end',
            dx: 5 * sign,
            fillOpacity: 0.85,
          },
        ),
      ),
      ...(options.label === undefined
        ? []
        : [
            Plot.text([options.label], {
              frameAnchor: 'bottom-right',
              dy: 20,
              textAnchor: 'end',
              fillOpacity: 0.85,
            }),
          ]),
    ],
  });
  const top = bars.slice(0, 5).map((bar) => `${bar.label} ${bar.text ?? format(bar.value)}`);
  return frameSvg(width, height, innerMarkup(drawn), {
    ...options,
    description: options.description ?? top.join(', '),
  });
}
