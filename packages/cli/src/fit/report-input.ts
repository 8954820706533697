import type { TablePreprocessor } from '@agop/data';
import type { Directions } from './directions.ts';
import type { Findings } from './findings.ts';
import type { FitSummary } from './summary.ts';
import type { Scoreboard } from './train.ts';

/** What a report of a fit is made of. */
export interface ReportInput {
  readonly summary: FitSummary;
  readonly board: Scoreboard;
  readonly findings: Findings;
  readonly commandLine: string;
  readonly preprocessor: TablePreprocessor;
  /** Of the metric, where it could be decomposed. */
  readonly directions: Directions | undefined;
}
