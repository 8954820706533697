import {
  type Block,
  barChart,
  block,
  formatNumber,
  formatPercent,
  type Section,
  scatterChart,
} from '@agop/report';
import { unitOf } from '../../tabular/notation.ts';
import type { Evaluation } from '../result.ts';
import { rowsWords } from './rows-words.ts';

/** Predicted numbers beside the true ones, and the errors. */
export async function residualsSection(evaluation: Evaluation): Promise<Section | undefined> {
  const { residuals, coverage } = evaluation;
  if (!residuals) return undefined;
  const figures: Block[] = [];
  for (const { target, calendar, actual, predicted, from, width, counts, median } of residuals) {
    const notation = calendar && { notation: calendar };
    const unit = unitOf([calendar ?? null]);
    const inUnits = unit === undefined ? '' : `, in ${unit}`;
    const [low, high] = extent([...actual, ...predicted]);
    const truth = await scatterChart({
      title: `${target}: predicted against true`,
      groups: [{ label: '', x: actual, y: predicted }],
      x: { label: `true ${target}`, ...notation },
      y: { label: `predicted ${target}`, ...notation },
      line: { x: [low, high], y: [low, high] },
    });
    figures.push(block.figure(truth, 'Each dot is a row; on the line, prediction and truth are the same.'));
    const errors = await scatterChart({
      title: `${target}: errors`,
      groups: [{ label: '', x: predicted, y: predicted.map((value, at) => value - (actual[at] as number)) }],
      x: { label: `predicted ${target}`, ...notation },
      y: { label: `predicted minus true${inUnits}` },
      line: { x: [Math.min(...predicted), Math.max(...predicted)], y: [0, 0] },
    });
    figures.push(
      block.figure(errors, 'Errors along the predictions: no trend and no funnel should be left to see.'),
    );
    const histogram = await barChart({
      title: `${target}: how large errors are${inUnits}`,
      bars: counts.map((value, at) => ({ label: binLabel(from, width, at), value })),
      format: String,
      label: 'rows',
    });
    figures.push(
      block.figure(
        histogram,
        `Rows by their error${inUnits}. Half of them are off by less than ${formatNumber(median)}${unit === undefined ? '' : ` ${unit}`}.`,
      ),
    );
  }
  return {
    heading: 'Predictions against the truth',
    blocks: [
      block.text(`The closer the dots lie to the line, the better the model (${rowsWords(evaluation)}).`),
      ...figures,
      ...(coverage
        ? [
            block.text(
              `Intervals that should hold the truth in ${Math.round(100 * coverage.level)} of 100 rows did so in ${formatPercent(coverage.share)} of these rows; they are ${formatNumber(coverage.size)}${unitWords(residuals)} wide on average.`,
            ),
          ]
        : []),
    ],
  };
}

/** What widths are counted in, where that is no unit of the target. */
function unitWords(residuals: NonNullable<Evaluation['residuals']>): string {
  const unit = unitOf(residuals.map(({ calendar }) => calendar ?? null));
  return unit === undefined ? '' : ` ${unit}`;
}

/** Which errors a bar counts: the outermost ones also count all that lie farther out. */
function binLabel(from: readonly number[], width: number, at: number): string {
  const [begin, end] = [at, at + 1].map((bin) => formatNumber((from[0] as number) + bin * width, 2));
  if (at === 0) return `below ${end}`;
  return at === from.length - 1 ? `above ${begin}` : `${begin} to ${end}`;
}

function extent(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}
