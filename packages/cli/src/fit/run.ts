import { basename } from 'node:path';
import type { Backend } from '@agop/core';
import type { TablePreprocessor } from '@agop/data';
import { barTable, formatPercent, shadePicture, terminalStyle } from '@agop/report';
import type { IterationEvent } from '@agop/rfm';
import { openBackend } from '../backends/backends.ts';
import type { CommandRequest, CommandRun, Context } from '../command.ts';
import { modelAttachments } from '../model/attachments.ts';
import { readTable } from '../table/table-options.ts';
import { directionsOf } from './directions.ts';
import { type Findings, findingsOf, importancePicture, topImportances } from './findings.ts';
import { countUnknown, type DividedTable, divideTable } from './held-out.ts';
import { fitReport } from './report.ts';
import { scoreLines, scoreText } from './score-lines.ts';
import { estimatorOptions, seedOption } from './settings.ts';
import { type FitSummary, fitSummary } from './summary.ts';
import { type Model, type Scoreboard, scoreboard, trainModel } from './train.ts';

/** Columns of the table whose importances are printed. */
const shownImportances = 10;
/** Eigenvectors of the metric that are drawn in the report. */
const drawnDirections = 6;

/** `agop fit`: reads a table, fits an RFM and says what it found. */
export const runFit: CommandRun = async (request, context) => {
  const { options } = request;
  const path = request.args[0] as string;
  estimatorOptions(options); // Wrong options are told before a large table is read.
  seedOption(options);
  context.status(`Reading ${basename(path)}`);
  const table = await readTable(path, options, categoricalTypes(request));
  const divided = await divideTable(table, options);
  using backend = await openBackend(options);
  tellNotes(divided, context);

  context.status('Fitting: plain kernel regression');
  const started = performance.now();
  using model = await trainModel(backend, divided, options, (event) => tellIteration(event, context));
  const seconds = (performance.now() - started) / 1000;

  const board = scoreboard(model, divided);
  const findings = await findingsOf(model, divided.preprocessor);
  const summary = fitSummary({ path, table, divided, backend, model, board, findings, options, seconds });
  printFit(summary, board, findings, context);
  await writeOutputs(request, context, backend, model, divided.preprocessor, { summary, board, findings });
  context.json(summary);
};

/** Columns that the user calls categorical keep the spelling of their cells. */
function categoricalTypes({ options }: CommandRequest): Record<string, 'categorical'> {
  return Object.fromEntries(options.texts('categorical').map((name) => [name, 'categorical' as const]));
}

function tellNotes({ preprocessor, held }: DividedTable, context: Context): void {
  for (const { column, reason, detail } of preprocessor.leftOut) {
    if (reason === 'too many categories') context.note(`agop: column '${column}' is left out: ${detail}.`);
  }
  const unknown = held === undefined ? 0 : countUnknown(preprocessor, held);
  if (unknown > 0) {
    context.note(
      `agop: ${unknown} held-out rows have a category that no training row has; it is ignored there.`,
    );
  }
}

function tellIteration(
  { iteration, iterations, metric, value, secondsLeft }: IterationEvent,
  context: Context,
): void {
  const score =
    value === undefined
      ? ''
      : ` · ${metric === 'accuracy' ? formatPercent(value) : `${metric} ${value.toPrecision(4)}`}`;
  const name = iteration === 0 ? 'plain kernel regression' : `iteration ${iteration} of ${iterations}`;
  context.progress(`Fitting: ${name}${score}`, iteration < iterations ? secondsLeft : undefined);
}

function printFit(summary: FitSummary, board: Scoreboard, findings: Findings, context: Context): void {
  const style = terminalStyle(context.color);
  const { table, rows, trainingRows, heldOutRows, features, target, task, backend, dtype, kernel, ridge } =
    summary;
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
  context.print(
    style.bold(`${table}: ${task} of ${target.join(', ')}`),
    `${rows} rows (${trainingRows} for training, ${heldOutRows} held out), ${features} features`,
    `${kernel.name} kernel, ${parameters.join(', ')}, ridge ${ridge} · ${backend}, ${dtype}`,
    '',
    ...scoreLines(board, style),
  );
  const plain = board.history[0]?.value;
  const best = board.history[board.best]?.value;
  if (plain !== undefined && best !== undefined) {
    const gain =
      board.best === 0
        ? 'Learning features did not help here.'
        : `Plain kernel regression: ${scoreText(board, plain)}.`;
    context.print('', `Best on the held-out rows: ${scoreText(board, best)}. ${gain}`);
  }
  const top = topImportances(findings.importances, shownImportances);
  context.print('', style.bold('Features it found (share of the metric)'));
  context.print(
    ...barTable(
      top.map(({ column, importance }) => ({ label: column, value: importance })),
      { width: Math.min(78, context.columns - 2), format: formatPercent, style },
    ).map((line) => `  ${line}`),
  );
  if (findings.grid !== undefined) {
    const { height, width } = findings.grid;
    // The root of an entry of M's diagonal is the weight of that pixel in distances.
    const picture = importancePicture(findings.importances, findings.grid).map(Math.sqrt);
    if (2 * width + 4 <= context.columns) {
      context.print('', ...shadePicture(picture, height, width).map((line) => `    ${line}`));
    }
  }
  context.print('', `${summary.seconds.toFixed(1)} s`);
}

/** Model and report, where they are asked for. */
async function writeOutputs(
  { options, commandLine }: CommandRequest,
  context: Context,
  backend: Backend,
  model: Model,
  preprocessor: TablePreprocessor,
  results: { summary: FitSummary; board: Scoreboard; findings: Findings },
): Promise<void> {
  const output = options.text('output');
  if (output !== undefined) {
    context.status(`Writing ${basename(output)}`);
    await context.writeFile(output, await model.toBytes({ attachments: modelAttachments(preprocessor) }));
    context.print(`Model:  ${output}`);
  }
  const report = options.text('report');
  if (report !== undefined) {
    context.status(`Writing ${basename(report)}`);
    const directions = await directionsOf(backend, results.findings.metric, drawnDirections);
    const page = await fitReport({ ...results, commandLine, preprocessor, directions });
    await context.writeFile(report, page);
    context.print(`Report: ${report}`);
  }
}
