import { AbortedError, say, ValueError } from '@agop/core';
import { resolve } from '@agop/core/options';
import { type ColumnType, formatCsv, readTable, type Table } from '@agop/data';
import { decodeModel, decodeSafetensors, type Label } from '@agop/estimators';
import {
  runTableChoice,
  type TableChoiceEvent,
  type TableChoiceResult,
  type TableChoiceSettings,
  tableChoiceOptions,
} from '@agop/experiments/table-choice';
import {
  runTabularExperiment,
  savedPreprocessor,
  type TabularResult,
  type TabularSettings,
  tabularData,
  tabularOptions,
} from '@agop/experiments/tabular';
import { RFMClassifier, RFMRegressor, rfm } from '@agop/rfm';
import { TabularClassifier, TabularRegressor } from '@agop/tabular';
import type { OpenEngine } from './open-backend.ts';
import { type ColumnFacts, describeColumns, likelyTarget } from './table/columns.ts';
import { inPage } from './table/in-page.ts';
import { inputsOf } from './table/inputs.ts';
import { affordableRows } from './table/plan.ts';
import { type RowModel, rfmRows, tunedRows } from './table/row-model.ts';
import type { InputColumn } from './table/rows.ts';
import { askWhatIf, type WhatIfAnswer, type WhatIfQuestion } from './table/what-if.ts';

/** A file of a table as it comes from the page. */
export interface TableFile {
  readonly bytes: ArrayBuffer;
  readonly name: string;
  /** What columns are, where the user has said so. */
  readonly types: Readonly<Record<string, ColumnType>>;
}

/** What is known of a table that was opened. Plain data. */
export interface OpenedTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** What was guessed, in sentences. */
  readonly notes: readonly string[];
  readonly target: string;
}

/** What is to be fitted. */
export interface TableFit {
  readonly target: string;
  /** Undefined: as the target looks. */
  readonly task: 'classification' | 'regression' | undefined;
  readonly ignore: readonly string[];
  readonly categorical: readonly string[];
  /** Time for all of it. */
  readonly seconds: number;
  /** Whether settings are chosen, too. */
  readonly tuning: boolean;
  readonly seed: number;
}

/** How far a fit is. */
export interface TableProgress {
  /** Finished part, from 0 to 1, as far as one can tell. */
  readonly fraction: number;
  readonly text: string;
}

/** What a fit has come to. Plain data. */
export interface TableOutcome {
  readonly settings: TabularSettings;
  readonly result: TabularResult;
  /** The choice of settings, where there was time for it. */
  readonly choice: { readonly settings: TableChoiceSettings; readonly result: TableChoiceResult } | undefined;
  readonly models: readonly ModelFacts[];
}

/** A model that can be asked. Plain data. */
export interface ModelFacts {
  readonly kind: RowModel['kind'];
  readonly targets: readonly string[];
  readonly classes: readonly Label[] | undefined;
  readonly inputs: readonly InputColumn[];
  /** Share of each input in the learned metric, in their order; undefined for averages. */
  readonly importances: readonly number[] | undefined;
}

/** More cells than these are refused: the page would need more memory than it may have. */
const mostCells = 20_000_000;
/** Part of the memory of the engine that a fit may plan with. */
const planned = 0.6;
/** Share of the time that the comparison of kernel regression and RFM gets, where settings are chosen as well. */
const comparisonShare = 0.35;

/** A table in the worker, and the models that were fitted to it or loaded. */
export class TableSession {
  readonly #engine: OpenEngine;
  #table: Table | undefined;
  #name = '';
  #models: { readonly model: RowModel; readonly inputs: readonly InputColumn[] }[] = [];

  constructor(engine: OpenEngine) {
    this.#engine = engine;
  }

  /** Reads a table; models of the one before are freed. */
  async open({ bytes, name, types }: TableFile): Promise<OpenedTable> {
    const table = await readTable(bytes, { name, types });
    if (table.rows * table.columns.length > mostCells) {
      throw new ValueError(
        `${name} has ${table.rows} rows of ${table.columns.length} columns. A page takes ${mostCells / 1e6} million cells at most: leave out rows or columns, or fit it with the program (agop fit).`,
      );
    }
    this.#forget();
    this.#table = table;
    this.#name = name;
    return {
      name,
      rows: table.rows,
      columns: describeColumns(table),
      notes: (table.notes ?? []).map(({ message }) => say(message, inPage)),
      target: likelyTarget(table),
    };
  }

  /**
   * Fits kernel regression and RFM, then, in the time that is left, chooses settings. An abort leaves what
   * has been fitted before.
   */
  async run(
    fit: TableFit,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: TableProgress) => void } = {},
  ): Promise<TableOutcome> {
    const table = this.#requireTable();
    const { target, task, ignore, categorical, seconds, tuning, seed } = fit;
    const { backend, facts } = this.#engine;
    const started = performance.now();
    const elapsed = (): number => (performance.now() - started) / 1000;
    const comparing = tuning ? seconds * comparisonShare : seconds;
    const most = affordableRows(table, 1, facts, { seconds: comparing, bytes: planned * facts.maximumBytes });
    const settings: TabularSettings = resolve(tabularOptions, {
      target: [target],
      ignore: [...ignore],
      categorical: [...categorical],
      seed,
      ...(task && { task }),
      ...(most < table.rows && { maxRows: most }),
    });
    onProgress?.({ fraction: 0, text: 'Preparing the rows' });
    const data = await tabularData(this.#name, table, settings, () => {
      throw new TypeError('rows are held out of the table itself');
    });
    const run = await runTabularExperiment(settings, data, {
      backend,
      naming: inPage,
      ...(signal && { signal }),
      onEvent: (event) => {
        if ('code' in event) return;
        const { iteration, iterations } = event;
        const part = (iteration + 1) / (iterations + 1);
        const text =
          iteration === 0 ? 'Kernel regression is fitted' : `RFM: update ${iteration} of ${iterations}`;
        onProgress?.({ fraction: part * (tuning ? comparisonShare : 1), text });
      },
    });
    const fitted: RowModel[] = [rfmRows(run.model, data.preprocessor)];
    let choice: TableOutcome['choice'];
    const left = seconds - elapsed();
    if (tuning && left > 0.1 * seconds) {
      const begun = elapsed();
      const chosen = resolve(tableChoiceOptions, {
        target: [target],
        ignore: [...ignore],
        categorical: [...categorical],
        seed,
        time: left,
        leafMemory: (planned * facts.maximumBytes) / 2 ** 30,
        ...(task && { task }),
      });
      try {
        // Learned from the same rows, and tested on the same, which choose nothing here.
        const rows = { ...data, test: data.held };
        const own = await runTableChoice(chosen, rows, {
          backend,
          naming: inPage,
          ...(signal && { signal }),
          onEvent: (event) => {
            const part = Math.min(0.98, (elapsed() - begun) / left);
            onProgress?.({
              fraction: comparisonShare + (1 - comparisonShare) * part,
              text: choiceWords(event),
            });
          },
        });
        fitted.push(tunedRows(own.model, own.result.summary));
        choice = { settings: chosen, result: own.result };
      } catch (error) {
        // Stopped while settings were chosen: the comparison stands.
        if (!AbortedError.isInstance(error)) {
          run.model.dispose();
          throw error;
        }
      }
    }
    this.#forget();
    this.#models = fitted.map((model) => ({ model, inputs: inputsOf(model.preprocessor, table) }));
    return { settings, result: run.result, choice, models: this.#facts(run.result, choice?.result) };
  }

  /** Loads the file of a model: those of `agop fit`, and those that this page gives. */
  async load({ bytes, name }: { bytes: ArrayBuffer; name: string }): Promise<readonly ModelFacts[]> {
    const file = new Uint8Array(bytes);
    const { backend } = this.#engine;
    const { metadata } = decodeSafetensors(file);
    let model: RowModel;
    if (metadata['format'] === rfm.format.name) {
      const { description, attachments } = decodeModel(rfm.format, file);
      const preprocessor = savedPreprocessor(attachments, name);
      model =
        description.task === 'classification'
          ? rfmRows(await RFMClassifier.load<Label>(file, { backend }), preprocessor)
          : rfmRows(await RFMRegressor.load(file, { backend }), preprocessor);
    } else {
      const load = (): Promise<TabularRegressor | TabularClassifier> =>
        TabularRegressor.load(file, { backend }).catch((error: unknown) => {
          if (error instanceof Error && error.message.includes('is a classifier')) {
            return TabularClassifier.load(file, { backend });
          }
          throw error;
        });
      model = tunedRows(await load());
    }
    const table = this.#table;
    const needed = Object.keys(model.preprocessor.columnTypes);
    const isOfTable = needed.every((column) => table?.columns.some((own) => own.name === column));
    this.#forget();
    this.#models = [{ model, inputs: inputsOf(model.preprocessor, isOfTable ? table : undefined) }];
    return this.#facts(undefined, undefined);
  }

  /** A row of the table as cells for the inputs of a model. */
  async row({ kind, index }: { kind: RowModel['kind']; index: number }): Promise<WhatIfQuestion['row']> {
    const { inputs } = this.#require(kind);
    const table = this.#requireTable();
    return inputs.map(({ name, typical }) => {
      const column = table.columns.find((own) => own.name === name);
      if (column === undefined) return typical;
      if (column.kind === 'categorical') return column.categories[column.codes[index] ?? -1] ?? null;
      const value = column.values[index] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    });
  }

  async whatIf({
    kind,
    question,
  }: {
    kind: RowModel['kind'];
    question: WhatIfQuestion;
  }): Promise<WhatIfAnswer> {
    const { model, inputs } = this.#require(kind);
    return askWhatIf(model, inputs, question);
  }

  /**
   * Predictions for the rows of the table, or of a further file, as CSV like that of `agop predict` with
   * `--probabilities --outside`: the last column says why a row lies outside of what was fitted.
   */
  async predictions({
    kind,
    file,
  }: {
    kind: RowModel['kind'];
    file?: Omit<TableFile, 'types'>;
  }): Promise<string> {
    const { model } = this.#require(kind);
    const { preprocessor, classes = [], targets } = model;
    const reading = { types: preprocessor.columnTypes, kept: preprocessor.keptTexts };
    const table = file ? await readTable(file.bytes, { name: file.name, ...reading }) : this.#requireTable();
    const cells = await model.cells(table);
    const shares = classes.length > 0 ? await model.values(table) : new Float64Array();
    const outside = await model.outside(table);
    return formatCsv(
      [...targets, ...classes.map((label) => `p(${label})`), 'outside'],
      cells.map((row, i) => [
        ...row,
        ...shares.subarray(i * classes.length, (i + 1) * classes.length),
        outside[i]?.join('; ') ?? '',
      ]),
    );
  }

  async toBytes(kind: RowModel['kind']): Promise<Uint8Array> {
    return this.#require(kind).model.toBytes();
  }

  dispose(): void {
    this.#forget();
    this.#table = undefined;
  }

  #facts(result: TabularResult | undefined, choice: TableChoiceResult | undefined): ModelFacts[] {
    const known = { rfm: result?.summary, tuned: choice?.summary };
    return this.#models.map(({ model: { kind, targets, classes }, inputs }) => {
      const shares = new Map(known[kind]?.importances.map(({ column, importance }) => [column, importance]));
      const importances = shares.size > 0 ? inputs.map(({ name }) => shares.get(name) ?? 0) : undefined;
      return { kind, targets, classes, inputs, importances };
    });
  }

  #require(kind: RowModel['kind']): { readonly model: RowModel; readonly inputs: readonly InputColumn[] } {
    const found = this.#models.find(({ model }) => model.kind === kind);
    if (found === undefined) throw new ValueError('There is no such model: fit one, or load one.');
    return found;
  }

  #requireTable(): Table {
    if (this.#table === undefined) throw new ValueError('There is no table: open one first.');
    return this.#table;
  }

  #forget(): void {
    for (const { model } of this.#models) model[Symbol.dispose]();
    this.#models = [];
  }
}

function choiceWords(event: TableChoiceEvent): string {
  switch (event.phase) {
    case 'trial':
      return `Choosing settings: ${event.event.done} tried`;
    case 'leaf':
    case 'fit':
      return 'Fitting what was chosen';
    case 'test':
      return 'Testing what was chosen';
  }
}
