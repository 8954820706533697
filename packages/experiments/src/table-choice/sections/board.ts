import { block, type Section } from '@agop/report';
import type { TableChoiceSummary } from '../result.ts';
import {
  boardRows,
  guessText,
  knownTestText,
  omittedTexts,
  rangeText,
  scoreMeaning,
  scoreName,
  scoreText,
  testText,
  validationText,
  verdictText,
} from '../score-words.ts';

/** The score board: validation, test, and a guess. */
export function boardSection(summary: TableChoiceSummary): Section {
  const { testRows, validationRows, folds } = summary;
  const hasTest = testRows > 0;
  const judged =
    folds > 1
      ? `${validationRows} rows in ${folds} folds, each predicted by fits to the others (± is the spread over the folds)`
      : `${validationRows} rows that were held out of the training rows`;
  const tested = hasTest
    ? ` The test is on ${testRows} rows that nobody looked at before; for other tests of this size, 90 of 100 scores would lie in the range beside it.`
    : '';
  const known = knownTestText(summary);
  return {
    heading: 'How good is it?',
    blocks: [
      block.text(verdictText(summary)),
      block.text(
        `Settings were chosen by the validation: ${judged}. Since it chose, it is a little too good.${tested}`,
      ),
      ...(known === undefined ? [] : [block.text(`${known}.`)]),
      block.table({
        caption: 'Score board; the marked score chose',
        header: [
          'score',
          'validation',
          ...(hasTest ? ['test', '90 % of such tests'] : []),
          'a guess',
          'what it means',
        ],
        rows: boardRows(summary).map((row) => [
          scoreName(row.name, summary),
          validationText(row),
          ...(hasTest ? [testText(row), rangeText(row)] : []),
          row.guess === null ? '–' : scoreText(row.name, row.guess),
          `${scoreMeaning(row.name, summary)} (${row.better === 'higher' ? 'more' : 'less'} is better)`,
        ]),
        marked: [0],
      }),
      block.text([guessText(summary.task), ...omittedTexts(summary.scores)].join(' ')),
    ],
  };
}
