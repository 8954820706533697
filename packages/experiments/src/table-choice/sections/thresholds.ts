import { block, formatNumber, lineChart, type Section } from '@agop/report';
import type { Evaluation } from '../result.ts';
import { rowsWords } from './rows-words.ts';

/** ROC and precision-recall curves. */
export async function thresholdSection(evaluation: Evaluation): Promise<Section | undefined> {
  const { curves = [] } = evaluation;
  if (curves.length === 0) return undefined;
  const [first] = curves;
  const isAlone = curves.length === 1;
  const unit = { domain: [0, 1] as const, percent: true };
  const name = (label: string | number): string => (isAlone ? '' : String(label));
  const roc = await lineChart({
    title: 'ROC curves',
    series: [
      ...curves.map(({ label, roc: curve }) => ({ label: name(label), ...curve })),
      { label: 'a guess', x: [0, 1], y: [0, 1], color: 6 },
    ],
    x: { label: 'other rows taken for the class', ...unit },
    y: { label: 'rows of the class that are found', ...unit },
  });
  const precision = await lineChart({
    title: 'Precision-recall curves',
    series: curves.map(({ label, precisionRecall }) => ({ label: name(label), ...precisionRecall })),
    x: { label: 'rows of the class that are found', ...unit },
    y: { label: 'of those taken for it, right', ...unit },
    ...(isAlone && first ? { levels: [{ value: first.share, label: 'a guess' }] } : {}),
  });
  const of = isAlone ? `the class ${first?.label}` : 'each class against all others';
  return {
    heading: 'How well it ranks rows',
    blocks: [
      block.text(
        `Whoever wants to miss fewer rows of a class takes more for it that are not: the curves show the price, for ${of} (${rowsWords(evaluation)}).`,
      ),
      block.figure(
        roc,
        'ROC: the nearer a curve comes to the upper left corner, the better; on the diagonal lies a guess.',
      ),
      block.figure(precision, 'Precision and recall: the nearer to the upper right corner, the better.'),
      block.table({
        caption: 'Areas under the curves; 1 is perfect',
        header: ['class', 'under ROC', 'average precision', 'share of the rows'],
        rows: curves.map(({ label, auc, averagePrecision, share }) => [
          String(label),
          formatNumber(auc),
          formatNumber(averagePrecision),
          formatNumber(share, 3),
        ]),
      }),
    ],
  };
}
