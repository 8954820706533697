import type { Table, TablePreprocessor } from '@agop/data';
import type { Label } from '@agop/estimators';
import { outsideReasons, summaryAttachment, type TableChoiceSummary } from '@agop/experiments/table-choice';
import { modelAttachments } from '@agop/experiments/tabular';
import type { RFMClassifier, RFMRegressor } from '@agop/rfm';
import type { TabularClassifier, TabularRegressor } from '@agop/tabular';

/** A fitted model that answers for rows of tables, of either kind. */
export interface RowModel extends Disposable {
  /** The recursion on one kernel, or the average that the choice of settings found. */
  readonly kind: 'rfm' | 'tuned';
  /** Of the columns that it needs. */
  readonly preprocessor: TablePreprocessor;
  /** Names of the columns that are predicted. */
  readonly targets: readonly string[];
  /** Undefined for numbers. */
  readonly classes: readonly Label[] | undefined;
  /** Values [rows · targets], or probabilities [rows · classes]. */
  values(table: Table): Promise<Float64Array>;
  /** Labels, or values as the target was written. */
  cells(table: Table): Promise<(string | number)[][]>;
  /** Why each row lies outside of what the model was fitted on; nothing for those that do not. */
  outside(table: Table): Promise<string[][]>;
  /** Gradients of the outputs by the features of the first row, [outputs · features], where they are known. */
  gradients?(table: Table): Promise<Float64Array>;
  /** The file that the program reads. */
  toBytes(): Promise<Uint8Array>;
}

const ignoring = { unknownCategories: 'ignore' } as const;

/** A model of `agop fit`. */
export function rfmRows(model: RFMRegressor | RFMClassifier, preprocessor: TablePreprocessor): RowModel {
  const base = {
    kind: 'rfm',
    preprocessor,
    targets: preprocessor.targetNames,
    outside: async (table: Table) => outsideReasons({ cells: preprocessor.outside(table) }, table.rows),
    gradients: async (table: Table) =>
      Float64Array.from((await model.gradients(preprocessor.transform(table, ignoring))).data),
    toBytes: () => model.toBytes({ attachments: modelAttachments(preprocessor) }),
    [Symbol.dispose]: () => model.dispose(),
  } as const;
  if ('classes' in model) {
    return {
      ...base,
      classes: model.classes,
      values: (table) => model.predictProba(preprocessor.transform(table, ignoring)),
      cells: async (table) =>
        (await model.predict(preprocessor.transform(table, ignoring))).map((label) => [cellOf(label)]),
    };
  }
  const values = (table: Table): Promise<Float64Array> =>
    model.predict(preprocessor.transform(table, ignoring));
  return {
    ...base,
    classes: undefined,
    values,
    cells: async (table) => preprocessor.targetCells(await values(table)),
  };
}

/** The average that a choice of settings has found. @param summary of the run, which goes into its file */
export function tunedRows(
  model: TabularRegressor | TabularClassifier,
  summary?: TableChoiceSummary,
): RowModel {
  const [first] = model.members;
  if (first === undefined) throw new TypeError('an average has a member');
  const base = {
    kind: 'tuned',
    preprocessor: first.preprocessor,
    targets: model.targets,
    outside: async (table: Table) => outsideReasons(await model.extrapolation(table), table.rows),
    toBytes: () => model.toBytes(summary ? { attachments: summaryAttachment(summary) } : {}),
    [Symbol.dispose]: () => model.dispose(),
  } as const;
  if ('classes' in model) {
    return {
      ...base,
      classes: model.classes,
      values: (table) => model.predictProba(table),
      cells: async (table) => (await model.predict(table)).map((label) => [cellOf(label)]),
    };
  }
  return {
    ...base,
    classes: undefined,
    values: (table) => model.predict(table),
    cells: async (table) => first.preprocessor.targetCells(await model.predict(table)),
  };
}

function cellOf(label: Label): string | number {
  return typeof label === 'boolean' ? String(label) : label;
}
