import { basename } from 'node:path';
import { FormatError, ValueError } from '@agop/core';
import { requireColumn, type TablePreprocessor } from '@agop/data';
import { evaluationPage, evaluationText, evaluate as measure } from '@agop/experiments/table-choice';
import { htmlPage } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRun } from '../command.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import type { EvaluateOptions } from './evaluate-options.ts';
import { hasTargets, readRows, tellUnknown, unknownAs } from './model-rows.ts';
import { openModel } from './open-model.ts';

/** `agop evaluate`: all scores of a saved model on rows whose truth is known. */
export const runEvaluate: CommandRun<EvaluateOptions> = async ({ args, options, commandLine }, context) => {
  const [modelPath = '', tablePath = ''] = args;
  const { report, weights } = options;
  await checkOutputs({ report }, [modelPath, tablePath], { report: 'report' });
  const { judging } = await openModel(modelPath);
  if (!judging) {
    throw new FormatError(`${modelPath} is no model of agop fit: only these are evaluated on tables.`);
  }
  const [first] = judging.preprocessors as readonly [TablePreprocessor];
  const { table } = await readRows(tablePath, judging.preprocessors, options, context);
  if (weights !== undefined) requireColumn(table, weights, 'column of weights');
  if (!hasTargets(first, table)) {
    throw new ValueError(
      `${tablePath} does not say for every row what is predicted: the column ${first.targetNames.join(', ')} is missing, or has empty cells.`,
    );
  }
  if (options.unknown === 'error') first.transform(table, unknownAs(options));
  tellUnknown(first, table, context);
  using backend = await openBackend(options, context);
  using model = await judging.load(backend, options.dtype);
  context.status(`Predicting ${table.rows} rows`);
  const evaluated = await measure({
    model,
    table,
    preprocessor: first,
    weights,
    names: { model: basename(modelPath), table: basename(tablePath) },
  });
  const { summary } = evaluated;
  context.print(...evaluationText(summary, context));
  await finish(
    { ...summary, ...(report !== undefined && { report }) },
    [
      {
        path: report,
        label: 'Report',
        content: async () => htmlPage({ ...(await evaluationPage(evaluated)), commandLine }),
      },
    ],
    context,
  );
};
