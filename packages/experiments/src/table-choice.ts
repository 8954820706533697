export { savedPrior, savedSummary, summaryAttachment } from './table-choice/attachments.ts';
export { metricShares } from './table-choice/columns.ts';
export { type TableChoiceData, tableChoiceData } from './table-choice/data.ts';
export { coverageOf } from './table-choice/drawn.ts';
export {
  type Evaluated,
  type EvaluateParts,
  type EvaluationSummary,
  evaluate,
  evaluationPage,
  evaluationText,
  type JudgedModel,
} from './table-choice/evaluate.ts';
export { type Expectation, expectationOf, workAfterTrials } from './table-choice/expectation.ts';
export { outputsOf } from './table-choice/judged-rows.ts';
export {
  type Outside,
  type OutsideRows,
  outsideNotes,
  outsideReasons,
  outsideRows,
} from './table-choice/outside.ts';
export { tableChoicePage } from './table-choice/report.ts';
export {
  type TableChoiceResult,
  type TableChoiceSummary,
  tableChoiceResult,
  tableChoiceSummary,
} from './table-choice/result.ts';
export {
  runTableChoice,
  type TableChoiceContext,
  type TableChoiceEvent,
  type TableChoiceRun,
} from './table-choice/run.ts';
export { scoreName, scoreText, testText, validationText } from './table-choice/score-words.ts';
export {
  checkTableChoiceSettings,
  metricOf,
  type TableChoiceSettings,
  tableChoiceOptions,
} from './table-choice/settings.ts';
export { tableChoiceText } from './table-choice/text.ts';
export { treeWords } from './table-choice/tree-words.ts';
export { candidateWords, choiceWords } from './table-choice/words.ts';
export { calendarOf, targetCalendars, unitOf } from './tabular/notation.ts';
