import { largest, smallest } from '../extent.ts';
import { type ChartOptions, checkChart, defaultWidth, frameSvg, seriesColor } from '../svg/frame.ts';
import { innerMarkup, loadPlotter } from '../svg/plot.ts';
import { formatNumber } from '../svg/text.ts';
import { axisDomain, isDrawn, plotScale } from './axis.ts';

/** Options of {@link spectrumChart}. */
export interface SpectrumChartOptions extends ChartOptions {
  /** Eigenvalues, or the power at each frequency. */
  readonly values: ArrayLike<number>;
  /** Number of the first value. Default 1 (the first eigenvalue). */
  readonly first?: number;
  /** Logarithmic values; those that are not positive are left out. Default false. */
  readonly log?: boolean;
  /** Name of the horizontal axis. Default `number`. */
  readonly indexLabel?: string;
  /** Name of the values. */
  readonly label?: string;
  /** Height in CSS pixels. Default 240. */
  readonly height?: number;
}

/** Spectra with more values than this are drawn without stems. */
const stemLimit = 160;

/**
 * A spectrum: one stem per value.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 */
export async function spectrumChart(options: SpectrumChartOptions): Promise<string> {
  checkChart('spectrumChart()', options, {
    ...{
      values: 'numbers',
      first: 'number?',
      log: 'flag?',
      label: 'text?',
      indexLabel: 'text?',
      height: 'number?',
    },
  });
  const { Plot, document } = await loadPlotter();
  const width = options.width ?? defaultWidth;
  const height = options.height ?? 240;
  const axis = { log: options.log ?? false };
  const first = options.first ?? 1;
  const points = Array.from(options.values, (value, i) => ({ index: first + i, value })).filter(({ value }) =>
    isDrawn(value, axis),
  );
  const values = points.map((point) => point.value);
  const [low, high] = axisDomain(axis.log ? values : [0, ...values], axis);
  const base = axis.log ? low : smallest(values, 0);
  const stems = points.length <= stemLimit;
  const fill = seriesColor(0);
  const drawn = Plot.plot({
    document,
    width,
    height,
    marginLeft: 52,
    marginTop: 24,
    marginRight: 12,
    marginBottom: 38,
    style: { fontSize: '12px' },
    x: {
      domain: [first - 0.5, first + Math.max(1, options.values.length) - 0.5],
      label: options.indexLabel ?? 'number',
      labelArrow: 'none',
      tickFormat: (tick: number) => (Number.isInteger(tick) ? String(tick) : ''),
    },
    y: { ...plotScale(axis, [base, high]), label: options.label ?? null, grid: true },
    marks: [
      ...(stems
        ? [
            Plot.ruleX(points, {
              x: 'index',
              y1: axis.log ? base : 0,
              y2: 'value',
              stroke: fill,
              strokeWidth: 1.5,
            }),
          ]
        : []),
      Plot.dot(points, { x: 'index', y: 'value', fill, r: points.length > 60 ? 1.8 : 3 }),
    ],
  });
  const description =
    options.description ?? `${points.length} values, the largest ${formatNumber(largest(values))}`;
  return frameSvg(width, height, innerMarkup(drawn), { ...options, description });
}
