import { checkMembers } from '@agop/core/options';
import { type ChartOptions, checkChart, defaultWidth, frameSvg, seriesColor } from '../svg/frame.ts';
import { innerMarkup, loadPlotter } from '../svg/plot.ts';
import { escapeMarkup } from '../svg/text.ts';
import { axisDomain, checkAxis, isDrawn, leftMargin, type NumberAxis, plotScale } from './axis.ts';
import { fitText, textWidth } from './labels.ts';

/** Points of one color. */
export interface PointGroup {
  /** Named above the chart; left out where it is empty. */
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** Options of {@link scatterChart}. */
export interface ScatterChartOptions extends ChartOptions {
  readonly groups: readonly PointGroup[];
  readonly x?: NumberAxis;
  readonly y?: NumberAxis;
  /** A line through the points, in the order of its x. */
  readonly line?: Omit<PointGroup, 'label'>;
  /** Height in CSS pixels. Default 280. */
  readonly height?: number;
}

/** Charts of more points than this have smaller ones. */
const fewPoints = 200;

/**
 * Points in the plane, one color for each group.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 */
export async function scatterChart(options: ScatterChartOptions): Promise<string> {
  checkScatterChart(options);
  const { Plot, document } = await loadPlotter();
  const { groups, line } = options;
  const [x, y]: [NumberAxis, NumberAxis] = [options.x ?? {}, options.y ?? {}];
  const width = options.width ?? defaultWidth;
  const height = options.height ?? 280;
  const drawnOf = (group: Omit<PointGroup, 'label'>) =>
    Array.from({ length: group.x.length }, (_, i) => ({
      x: group.x[i] ?? Number.NaN,
      y: group.y[i] ?? Number.NaN,
    })).filter((point) => isDrawn(point.x, x) && isDrawn(point.y, y));
  const points = groups.map(drawnOf);
  const all = points.flat();
  const curve = line ? drawnOf(line) : [];
  const named = groups.map(({ label }, i) => ({ label, color: seriesColor(i) })).filter(({ label }) => label);
  const radius = all.length > fewPoints ? 2 : 3;
  const drawn = Plot.plot({
    document,
    width,
    height,
    // The names of groups stand above that of the axis.
    marginTop: named.length > 0 ? 42 : 24,
    marginBottom: 38,
    marginLeft: leftMargin(y),
    marginRight: 12,
    style: { fontSize: '12px' },
    x: plotScale(
      x,
      axisDomain(
        [...all, ...curve].map((point) => point.x),
        x,
      ),
    ),
    y: {
      ...plotScale(
        y,
        axisDomain(
          [...all, ...curve].map((point) => point.y),
          y,
        ),
      ),
      grid: true,
    },
    marks: [
      ...points.map((list, i) =>
        Plot.dot(list, { x: 'x', y: 'y', fill: seriesColor(i), fillOpacity: 0.55, r: radius }),
      ),
      ...(curve.length > 0
        ? [Plot.line(curve, { x: 'x', y: 'y', stroke: seriesColor(1), strokeWidth: 2.5 })]
        : []),
    ],
  });
  const description =
    options.description ??
    `${all.length} points${named.length > 0 ? `: ${named.map(({ label }) => label).join(', ')}` : ''}`;
  return frameSvg(width, height, innerMarkup(drawn) + legend(named, width), { ...options, description });
}

/** Names of the groups in one line above the chart, as many as there is room for. */
function legend(named: readonly { readonly label: string; readonly color: string }[], width: number): string {
  let at = 52;
  const parts: string[] = [];
  for (const { label, color } of named) {
    const text = fitText(label, 110);
    const next = at + 24 + textWidth(text);
    if (next > width) break;
    parts.push(
      `<circle cx="${at}" cy="10" r="4" fill="${color}"/><text x="${at + 8}" y="14">${escapeMarkup(text)}</text>`,
    );
    at = next;
  }
  return parts.join('');
}

function checkScatterChart(options: ScatterChartOptions): void {
  checkChart('scatterChart()', options, {
    ...{ groups: 'objects', x: 'object?', y: 'object?', line: 'object?', height: 'number?' },
  });
  for (const [i, one] of options.groups.entries()) {
    checkMembers(`groups[${i}]`, one, { label: 'text', x: 'numbers', y: 'numbers' });
  }
  for (const axis of [options.x, options.y]) if (axis !== undefined) checkAxis(axis);
  if (options.line !== undefined) checkMembers('the line', options.line, { x: 'numbers', y: 'numbers' });
}
