export { type Bytes, readBytes } from './bytes/gunzip.ts';
export { type CsvCell, type CsvOptions, defaultMissing, formatCsv, parseCsv, readCsv } from './csv/csv.ts';
export { type RecordLayout, readCifar } from './images/cifar.ts';
export { type IdxArray, readIdx, readIdxImages } from './images/idx.ts';
export type { ImageSelection, ImageSet } from './images/image-set.ts';
export type { PreprocessOptions, Task } from './preprocess/options.ts';
export { type ColumnImportance, type FeatureBlock, TablePreprocessor } from './preprocess/preprocessor.ts';
export type {
  CategoricalEncoder,
  Encoder,
  LeftOutColumn,
  NumericEncoder,
  PreprocessorState,
  TargetState,
} from './preprocess/state.ts';
export type { Label } from './preprocess/target.ts';
export { type Folds, parseFolds, readFolds } from './split/folds.ts';
export { sampleRows } from './split/sample-rows.ts';
export { type RowSplit, type SplitOptions, splitRows } from './split/split-rows.ts';
export type { TableFormat, TableOptions } from './table/format.ts';
export { type ColumnValues, tableFromColumns } from './table/from-columns.ts';
export {
  type CategoricalColumn,
  type Column,
  type ColumnKind,
  cellText,
  type DenseMatrix,
  findColumn,
  type NumericColumn,
  requireColumn,
  type Table,
  takeRows,
} from './table/table.ts';
