import {
  type Block,
  barChart,
  block,
  formatNumber,
  formatPercent,
  heatMap,
  lineChart,
  type PageOptions,
  type PointGroup,
  type Section,
  scatterChart,
  spectrumChart,
} from '@agop/report';
import { calendarText } from '../tabular/notation.ts';
import type { SubspaceResult, SubspaceSummary } from './result.ts';
import { directionCount, scoreText, selectionText } from './sentences.ts';

/** Loadings of each direction that are drawn, and features of the map of all. */
const drawnLoadings = 15;
const mappedFeatures = 30;
/** Directions with pictures of their own. */
const drawnDirections = 4;

/** The report of a search for directions. */
export async function subspacePage(result: SubspaceResult): Promise<PageOptions> {
  const { summary } = result;
  const { target, table, dimension, method, trainingRows, heldOutRows, features, score, seconds } = summary;
  return {
    title: `What ${target.join(', ')} depends on in ${table}`,
    subtitle: `${directionCount(dimension)} out of ${features} features, by ${method}`,
    intro: [
      block.facts([
        ['directions', dimension],
        ...(score
          ? [[score.measure === 'r2' ? 'R², held out' : 'accuracy, held out', scored(score)] as const]
          : []),
        ['rows searched', trainingRows],
        ['rows held out', heldOutRows],
        ['features', features],
        ['seconds', formatNumber(seconds, 3)],
      ]),
      block.text(selectionText(summary)),
      ...(score ? [block.text(scoreText(summary))] : []),
    ],
    sections: [
      await plotSection(result),
      await loadingSection(summary),
      await dimensionSection(summary),
      settingsSection(summary),
    ],
    footer: 'Made with agop.',
  };
}

function scored({ measure, value }: NonNullable<SubspaceSummary['score']>): string {
  return measure === 'r2' ? formatNumber(value) : formatPercent(value);
}

async function plotSection({ summary, points }: SubspaceResult): Promise<Section> {
  const { task, target, calendars: [calendar] = [] } = summary;
  const [name = 'y'] = target;
  const shown = points.coordinates.slice(0, drawnDirections);
  const blocks: Block[] = [
    block.text(
      'Each row of the table is a point. A coordinate is the sum of the standardized features times the loadings below; ' +
        'what the target does not depend on is left out.',
    ),
  ];
  if (task === 'regression') {
    for (const [k, x] of shown.entries()) {
      const svg = await scatterChart({
        title: `${name} along direction ${k + 1}`,
        groups: [{ label: '', x, y: points.target }],
        line: movingMean(x, points.target),
        x: { label: `direction ${k + 1}` },
        y: { label: name, ...(calendar && { notation: calendar }) },
      });
      blocks.push(
        block.figure(svg, `${name} along direction ${k + 1}; the line is the mean of rows nearby.`),
      );
    }
  }
  const groups = groupsOf(summary, points);
  for (const [k, [first, second]] of pairsOf(shown).entries()) {
    const svg = await scatterChart({
      title: `Rows along directions ${k === 2 ? 2 : 1} and ${k === 0 ? 2 : 3}`,
      groups: groups.map(
        ({ label, rows }): PointGroup => ({
          label,
          x: rows.map((i) => first[i] ?? Number.NaN),
          y: rows.map((i) => second[i] ?? Number.NaN),
        }),
      ),
      x: { label: `direction ${k === 2 ? 2 : 1}` },
      y: { label: `direction ${k === 0 ? 2 : 3}` },
      height: 360,
    });
    blocks.push(
      block.figure(
        svg,
        task === 'regression' ? `Colors: thirds of the rows by ${name}.` : `Colors: ${name}.`,
      ),
    );
  }
  if (task === 'classification' && shown.length === 1) {
    const [x = []] = shown;
    const svg = await scatterChart({
      title: `${name} along the direction`,
      groups: groups.map(
        ({ label, rows }, k): PointGroup => ({
          label,
          x: rows.map((i) => x[i] ?? Number.NaN),
          y: rows.map((_, i) => k + ((i * 0.618) % 1) * 0.6),
        }),
      ),
      x: { label: 'direction 1' },
      y: { label: 'class' },
    });
    blocks.push(block.figure(svg, 'Heights within a class mean nothing: they keep points apart.'));
  }
  return { heading: `${name} along the directions`, blocks };
}

/** Pairs of the first three directions. */
function pairsOf(shown: readonly (readonly number[])[]): (readonly [readonly number[], readonly number[]])[] {
  const [a, b, c] = shown;
  if (!a || !b) return [];
  return c ? [[a, b] as const, [a, c] as const, [b, c] as const] : [[a, b] as const];
}

/** Rows by class, or by thirds of the target. */
function groupsOf(
  { task, classes = [], target: [name = 'y'], calendars: [calendar] = [] }: SubspaceSummary,
  { target }: SubspaceResult['points'],
): { readonly label: string; readonly rows: number[] }[] {
  const all = Array.from(target.keys());
  if (task === 'classification') {
    return classes.map((label, k) => ({ label: String(label), rows: all.filter((i) => target[i] === k) }));
  }
  const order = [...target].sort((a, b) => a - b);
  const border = (share: number): number => order[Math.floor(share * order.length)] ?? Number.NaN;
  const [low, high] = [border(1 / 3), border(2 / 3)];
  const value = (i: number): number => target[i] ?? Number.NaN;
  const text = (one: number): string => (calendar ? calendarText(one, calendar) : formatNumber(one));
  return [
    { label: `${name} < ${text(low)}`, rows: all.filter((i) => value(i) < low) },
    { label: 'between', rows: all.filter((i) => value(i) >= low && value(i) < high) },
    { label: `${name} ≥ ${text(high)}`, rows: all.filter((i) => value(i) >= high) },
  ];
}

/** The mean of the target among the tenth of the rows that is nearest in the order of x. */
function movingMean(x: readonly number[], y: readonly number[]) {
  const order = Array.from(x.keys()).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  const half = Math.max(2, Math.floor(order.length / 20));
  const step = Math.max(1, Math.floor(order.length / 60));
  const places = order.map((_, i) => i).filter((i) => i % step === 0);
  const mean = (values: readonly number[], at: number): number => {
    const near = order.slice(Math.max(0, at - half), at + half + 1);
    return near.reduce((sum, row) => sum + (values[row] ?? 0), 0) / near.length;
  };
  return { x: places.map((at) => mean(x, at)), y: places.map((at) => mean(y, at)) };
}

async function loadingSection({ directions, features }: SubspaceSummary): Promise<Section> {
  const blocks: Block[] = [
    block.text(
      'A loading is what one standard deviation of a feature moves the coordinate by; the squares of all loadings of a ' +
        'direction add up to 1. The sign of a direction as a whole is free, and within the subspace directions may be turned.',
    ),
  ];
  for (const [k, { loadings }] of directions.slice(0, drawnDirections).entries()) {
    const svg = await barChart({
      title: `Loadings of direction ${k + 1}`,
      bars: loadings
        .slice(0, drawnLoadings)
        .map(({ feature, loading }) => ({ label: feature, value: loading })),
      format: (value) => value.toFixed(2),
    });
    const caption = `The largest ${Math.min(drawnLoadings, features)} of ${features} loadings of direction ${k + 1}.`;
    blocks.push(block.figure(svg, caption));
  }
  if (directions.length > 1) blocks.push(loadingMap(directions));
  blocks.push(
    block.table({
      caption: 'Loadings of all directions, features in the order of their largest one',
      header: ['feature', ...directions.map((_, k) => `direction ${k + 1}`)],
      rows: byLargest(directions)
        .slice(0, mappedFeatures)
        .map(({ feature, values }) => [feature, ...values.map((value) => value.toFixed(3))]),
    }),
  );
  return { heading: 'Loadings', blocks };
}

/** Features with their loadings of each direction, the largest first. */
function byLargest(directions: SubspaceSummary['directions']) {
  const tables = directions.map(
    ({ loadings }) => new Map(loadings.map(({ feature, loading }) => [feature, loading])),
  );
  const names = directions[0]?.loadings.map(({ feature }) => feature) ?? [];
  const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
  return names
    .map((feature) => ({ feature, values: tables.map((table) => table.get(feature) ?? 0) }))
    .sort((a, b) => largest(b.values) - largest(a.values));
}

function loadingMap(directions: SubspaceSummary['directions']): Block {
  const rows = byLargest(directions).slice(0, mappedFeatures);
  const svg = heatMap({
    title: 'Loadings of all directions',
    matrix: { data: rows.flatMap(({ values }) => values), shape: [rows.length, directions.length] },
    rowLabels: rows.map(({ feature }) => feature),
    columnLabels: directions.map((_, k) => `direction ${k + 1}`),
    ramp: 'diverging',
    domain: [-1, 1],
  });
  return block.figure(svg, `Features with the largest loadings, at most ${mappedFeatures}.`);
}

async function dimensionSection(summary: SubspaceSummary): Promise<Section> {
  const { selection, eigenvalues, dimension } = summary;
  const blocks: Block[] = [block.text(selectionText(summary))];
  if (selection && selection.scores.length > 1) {
    const { rule, scores, first } = selection;
    const labels = {
      gap: 'eigenvalue over the next one',
      crossValidation: 'share of the variance left',
      permutation: 'p-value for more directions',
    };
    const svg = await lineChart({
      title: `How many directions: ${labels[rule]}`,
      series: [{ label: '', x: scores.map((_, i) => first + i), y: scores }],
      x: { label: 'directions' },
      y: { label: labels[rule] },
      places: [{ value: selection.found, label: 'chosen' }],
    });
    blocks.push(block.figure(svg, `${labels[rule]}, by number of directions.`));
  }
  if (eigenvalues.length > 1) {
    const svg = await spectrumChart({
      title: 'Eigenvalues of the method',
      values: eigenvalues.slice(0, 60),
      indexLabel: 'direction',
      label: 'eigenvalue',
    });
    blocks.push(
      block.figure(
        svg,
        `Weights of the directions; ${directionCount(dimension)} ${dimension === 1 ? 'is' : 'are'} kept.`,
      ),
    );
  }
  return { heading: 'How many directions', blocks };
}

function settingsSection({ method, seed, dtype, device, leftOut }: SubspaceSummary): Section {
  const blocks: Block[] = [block.text(`Method ${method}, seed ${seed}. Computed in ${dtype} on ${device}.`)];
  if (leftOut.length > 0) {
    blocks.push(
      block.table({
        caption: 'Columns without features',
        header: ['column', 'why'],
        rows: leftOut.map(({ column, detail }) => [column, detail]),
      }),
    );
  }
  return { heading: 'Settings', blocks };
}
