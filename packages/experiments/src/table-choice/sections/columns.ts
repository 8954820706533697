import { barChart, block, formatPercent, type Section } from '@agop/report';
import { dropBars, measuredName } from '../../tabular/scores.ts';
import { topImportances } from '../../tabular/text.ts';
import type { TableChoiceSummary } from '../result.ts';

/** Columns that are drawn. */
const drawnColumns = 15;

/** Which columns matter: for predictions of new rows, and in the learned metric. */
export async function columnsSection(summary: TableChoiceSummary): Promise<Section> {
  const { importances, heldOutImportances: measured } = summary;
  const top = topImportances(importances, drawnColumns);
  const metric = await barChart({
    title: 'Share of the learned metric',
    bars: top.map(({ column, importance }) => ({ label: column, value: importance })),
    format: formatPercent,
  });
  const lost =
    measured && measured.columns.length > 0
      ? await barChart({
          title: `${measuredName(measured.measure)}: how much worse by shuffling`,
          bars: dropBars(measured),
        })
      : undefined;
  return {
    heading: 'Which columns matter',
    blocks: [
      block.text(
        'A column matters if predictions of new rows get worse without it; the model itself says which columns it looks at when it compares rows.',
      ),
      ...(lost && measured
        ? [
            block.figure(
              lost,
              `What predictions rest on: how much worse the ${measuredName(measured.measure)}${measured.measure === 'brier' ? ', the squared error of the probabilities,' : ''} gets on ${measured.rows} test rows where the cells of a column are shuffled among them. About 0: they do not rest on it.`,
            ),
          ]
        : []),
      block.figure(
        metric,
        `What the model looks at: share of each column in the learned metric, the largest ${top.length} of ${importances.length}. It follows everything that was learned, noise included.`,
      ),
    ],
  };
}
