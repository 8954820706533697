import { block, formatPercent, lineChart, type Section } from '@agop/report';
import type { Evaluation } from '../result.ts';
import { rowsWords } from './rows-words.ts';

const heading = 'Can its probabilities be trusted?';

/** A curve of fewer points shows nothing that a sentence does not. */
const fewestPoints = 3;

/** Probabilities beside how often they come true. */
export async function calibrationSection(evaluation: Evaluation): Promise<Section | undefined> {
  const { calibration, coverage, tooFewToCalibrate: isTooFew = false } = evaluation;
  const sets = coverage
    ? [
        block.text(
          `Sets of labels that should hold the right one in ${Math.round(100 * coverage.level)} of 100 rows did so in ${formatPercent(coverage.share)} of these rows, with ${coverage.size.toFixed(2)} labels on average.`,
        ),
      ]
    : [];
  if (!calibration) {
    if (!isTooFew) return undefined;
    return {
      heading,
      blocks: [
        block.text(
          `${rowsWords(evaluation)} are too few to compare probabilities with how often they come true.`,
        ),
        ...sets,
      ],
    };
  }
  const { bins, label, error } = calibration;
  const of = label === null ? 'the class it holds most probable' : `the class ${label}`;
  if (bins.length < fewestPoints) {
    const are = label === null ? 'are right' : `are ${label}`;
    const said = bins.map(
      ({ probability, frequency, rows }) =>
        `${rows} rows have about ${formatPercent(probability)}, and ${formatPercent(frequency)} of these ${are}`,
    );
    const kinds = bins.length === 1 ? 'hardly differ' : 'are of two sizes';
    return {
      heading,
      blocks: [
        block.text(`Its probabilities of ${of} ${kinds} (${rowsWords(evaluation)}): ${said.join('; ')}.`),
        ...sets,
      ],
    };
  }
  const unit = { domain: [0, 1] as const, percent: true };
  const svg = await lineChart({
    title: 'Calibration',
    series: [
      {
        label: 'model',
        x: bins.map(({ probability }) => probability),
        y: bins.map(({ frequency }) => frequency),
      },
      { label: 'perfect', x: [0, 1], y: [0, 1], color: 6 },
    ],
    x: { label: `probability of ${label === null ? 'the likeliest class' : label}`, ...unit },
    y: { label: 'how often it was so', ...unit },
  });
  return {
    heading,
    blocks: [
      block.text(
        `Of all rows for which it says 70 %, about 70 of 100 should be of the class: then the curve runs along the diagonal (${rowsWords(evaluation)}).`,
      ),
      block.figure(
        svg,
        `Probability of ${of}, in ${bins.length} groups of rows. On average they are off by ${formatPercent(error)}.`,
      ),
      ...sets,
    ],
  };
}
