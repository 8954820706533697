import { checkMembers } from '@agop/core/options';
import { largest } from '../extent.ts';
import {
  type ChartOptions,
  checkChart,
  defaultWidth,
  frameSvg,
  isRepeated,
  seriesColor,
} from '../svg/frame.ts';
import { innerMarkup, loadPlotter } from '../svg/plot.ts';
import {
  axisDomain,
  axisPosition,
  axisText,
  checkAxis,
  isDrawn,
  leftMargin,
  type NumberAxis,
  plotScale,
} from './axis.ts';
import { fitText, spreadLabels, textWidth } from './labels.ts';

/** One curve. */
export interface Series {
  readonly label: string;
  /** Values; NaN leaves a gap. */
  readonly y: ArrayLike<number>;
  /** Where the values are. Default 0, 1, 2, … */
  readonly x?: ArrayLike<number>;
  /** Number of the series' colour. Default: its place in the list. */
  readonly color?: number;
}

/** A value marked by a line across the chart. */
export interface Mark {
  readonly value: number;
  readonly label: string;
}

/** Options of {@link lineChart}. */
export interface LineChartOptions extends ChartOptions {
  readonly series: readonly Series[];
  readonly x?: NumberAxis;
  readonly y?: NumberAxis;
  /** Levels marked by dashed horizontal lines, e.g. chance. */
  readonly levels?: readonly Mark[];
  /** Places marked by dashed vertical lines, e.g. the best iteration. */
  readonly places?: readonly Mark[];
  /** Height in CSS pixels. Default 280. */
  readonly height?: number;
}

/** Curves with at most this many points show them. */
const dottedPoints = 40;
/** Share of the width that labels of curves may take; longer ones are shortened. */
const labelShare = 0.4;
/** Room between labels beside each other. */
const labelGap = 8;
/** How much wider semibold letters are. */
const boldness = 1.1;
const margin = { top: 24, bottom: 38 };
/** Height of a line of labels. */
const lineHeight = 14;

/**
 * Curves of one or several series over a common axis, each labelled where it ends.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 */
export async function lineChart(options: LineChartOptions): Promise<string> {
  checkLineChart(options);
  const { Plot, document } = await loadPlotter();
  const { series, levels = [], places = [] } = options;
  const width = options.width ?? defaultWidth;
  const height = options.height ?? 280;
  const x: NumberAxis = options.x ?? {};
  const y: NumberAxis = options.y ?? {};
  const points = series.map((one) => pointsOf(one, x));
  const all = points.flat();
  const yDomain = axisDomain([...all.map((point) => point.y), ...levels.map((level) => level.value)], y);
  const left = leftMargin(y);
  const xs = all.map((point) => point.x);
  const xDomain = x.domain ?? ends([...xs, ...places.map((place) => place.value)], x);
  const names = series.map(({ label }) => fitText(label, (labelShare * width) / boldness));
  const right = 18 + boldness * largest(names.map(textWidth), 0);
  // Labels of places go below that of the vertical axis where they would touch it.
  const nameEnd = y.label === undefined ? 0 : textWidth(y.label) + labelGap;
  const isLow = places.some(({ value, label }) => {
    const at = left + (width - left - right) * axisPosition(value, xDomain, x);
    return at - textWidth(label) / 2 < nameEnd;
  });
  const top = margin.top + (isLow ? lineHeight : 0);
  const inner = height - top - margin.bottom;

  const labels = series.flatMap((one, i) => {
    const last = points[i]?.findLast((point) => isDrawn(point.y, y));
    if (last === undefined) return [];
    return [
      {
        text: names[i] as string,
        point: last,
        color: colorOf(one, i),
        at: -inner * axisPosition(last.y, yDomain, y),
      },
    ];
  });
  const shifted = spreadLabels(
    labels.map((label) => label.at),
    lineHeight,
    [-inner, 0],
  );

  const drawn = Plot.plot({
    document,
    width,
    height,
    marginTop: top,
    marginBottom: margin.bottom,
    marginLeft: left,
    marginRight: right,
    style: { fontSize: '12px' },
    x: plotScale(x, xDomain, xs.every(Number.isInteger)),
    y: { ...plotScale(y, yDomain), grid: true },
    marks: [
      ...levels.map(({ value }) => Plot.ruleY([value], { strokeDasharray: '4 3', strokeOpacity: 0.6 })),
      ...levels.map(({ value, label }) =>
        Plot.text([label], {
          y: value,
          frameAnchor: 'right',
          dx: -4,
          dy: -7,
          textAnchor: 'end',
          fillOpacity: 0.8,
        }),
      ),
      ...places.map(({ value }) => Plot.ruleX([value], { strokeDasharray: '4 3', strokeOpacity: 0.6 })),
      ...places.map(({ value, label }) =>
        Plot.text([label], { x: value, frameAnchor: 'top', dy: -14, fillOpacity: 0.8 }),
      ),
      ...points.flatMap((list, i) => {
        const stroke = colorOf(series[i], i);
        const line = Plot.line(list, {
          ...{ x: 'x', y: 'y', stroke, strokeWidth: 2, strokeLinejoin: 'round' },
          ...(isRepeated(series[i]?.color ?? i) && { strokeDasharray: '6 3' }),
        });
        return list.length > dottedPoints
          ? [line]
          : [line, Plot.dot(list, { x: 'x', y: 'y', fill: stroke, r: 3 })];
      }),
      ...labels.map(({ text, point, color, at }, i) =>
        Plot.text([text], {
          x: point.x,
          y: point.y,
          dx: 8,
          dy: (shifted[i] ?? at) - at,
          fill: color,
          textAnchor: 'start',
          fontWeight: 600,
        }),
      ),
    ],
  });
  return frameSvg(width, height, innerMarkup(drawn), {
    ...options,
    description: options.description ?? describeSeries(series, y),
  });
}

function pointsOf(series: Series, axis: NumberAxis): { x: number; y: number }[] {
  return Array.from({ length: series.y.length }, (_, i) => ({
    x: series.x?.[i] ?? i,
    y: series.y[i] ?? Number.NaN,
  })).filter((point) => isDrawn(point.x, axis));
}

function colorOf(series: Series | undefined, i: number): string {
  return seriesColor(series?.color ?? i);
}

/** Horizontal axes begin and end at the data. */
function ends(values: readonly number[], axis: NumberAxis): [number, number] {
  const drawn = values.filter((value) => isDrawn(value, axis));
  const low = drawn.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = drawn.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return low < high ? [low, high] : axisDomain(drawn, axis);
}

function describeSeries(series: readonly Series[], axis: NumberAxis): string {
  const text = (value: number | undefined): string =>
    axisText(value ?? Number.NaN, { ...axis, percent: false });
  return series.map(({ label, y }) => `${label}: from ${text(y[0])} to ${text(y[y.length - 1])}`).join('; ');
}

function checkLineChart(options: LineChartOptions): void {
  checkChart('lineChart()', options, {
    ...{
      series: 'objects',
      x: 'object?',
      y: 'object?',
      levels: 'objects?',
      places: 'objects?',
      height: 'number?',
    },
  });
  for (const [i, one] of options.series.entries()) {
    checkMembers(`series[${i}]`, one, { label: 'text', y: 'numbers', x: 'numbers?', color: 'number?' });
  }
  for (const axis of [options.x, options.y]) if (axis !== undefined) checkAxis(axis);
  for (const mark of [...(options.levels ?? []), ...(options.places ?? [])]) {
    checkMembers('a mark', mark, { value: 'number', label: 'text' });
  }
}
