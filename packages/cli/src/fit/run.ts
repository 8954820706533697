import { basename } from 'node:path';
import { AgopError, OutOfMemoryError } from '@agop/core';
import type { IterationEvent } from '@agop/estimators';
import { formatNumber, formatPercent } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRequest, CommandRun, Context } from '../command.ts';
import { modelAttachments } from '../model/attachments.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import { readTable } from '../table/table-options.ts';
import { directionsOf } from './directions.ts';
import { findingsOf } from './findings.ts';
import { countUnknown, type DividedTable, divideTable, sampleRows } from './held-out.ts';
import { printFit } from './print.ts';
import { fitReport } from './report.ts';
import { estimatorOptions, seedOption } from './settings.ts';
import { fitSummary } from './summary.ts';
import { scoreboard, trainModel } from './train.ts';

/** Eigenvectors of the metric that are drawn in the report. */
const drawnDirections = 6;

/** `agop fit`: reads a table, fits an RFM and says what it found. */
export const runFit: CommandRun = async (request, context) => {
  const { options } = request;
  const path = request.args[0] as string;
  estimatorOptions(options); // Wrong options are told before a large table is read.
  seedOption(options);
  await checkOutputs(options);
  context.status(`Reading ${basename(path)}`);
  const whole = await readTable(path, options, categoricalTypes(request));
  const table = sampleRows(whole, options);
  if (table.rows < whole.rows)
    context.note(`agop: ${table.rows} of ${whole.rows} rows are used, drawn at random.`);
  const divided = await divideTable(table, options);
  using backend = await openBackend(options);
  tellNotes(divided, context);

  context.status('Fitting: plain kernel regression');
  const started = performance.now();
  using model = await trainModel(backend, divided, options, (event) => tellIteration(event, context)).catch(
    sayHowToFit,
  );
  const seconds = (performance.now() - started) / 1000;

  const board = scoreboard(model, divided);
  const findings = await findingsOf(model, divided.preprocessor);
  const summary = fitSummary({ path, table, divided, backend, model, board, findings, options, seconds });
  printFit(summary, board, findings, context);
  const { preprocessor } = divided;
  await finish(
    summary,
    [
      {
        path: options.text('output'),
        label: 'Model',
        content: () => model.toBytes({ attachments: modelAttachments(preprocessor) }),
      },
      {
        path: options.text('report'),
        label: 'Report',
        content: async () => {
          const directions = await directionsOf(backend, findings.metric, drawnDirections);
          const { commandLine } = request;
          return fitReport({ summary, board, findings, commandLine, preprocessor, directions });
        },
      },
    ],
    context,
  );
};

/** @throws {AgopError} always; where memory ran out, it names the options that help */
function sayHowToFit(error: unknown): never {
  if (!OutOfMemoryError.isInstance(error)) throw error;
  throw new AgopError(
    'OUT_OF_MEMORY',
    `${error.message} A fit needs about rows squared x 4 bytes (8 in float64): see --max-rows and --dtype.`,
    { cause: error },
  );
}

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
      : ` · ${metric === 'accuracy' ? formatPercent(value) : `${metric} ${formatNumber(value)}`}`;
  const name = iteration === 0 ? 'plain kernel regression' : `iteration ${iteration} of ${iterations}`;
  context.progress(`Fitting: ${name}${score}`, iteration < iterations ? secondsLeft : undefined);
}
