export { type Bytes, readBytes } from './bytes/gunzip.ts';
export { type CsvOptions, defaultMissing } from './csv/options.ts';
export { parseCsv, readCsv } from './csv/read.ts';
export { type CsvCell, formatCsv } from './csv/write.ts';
export { type RecordLayout, readCifar } from './images/cifar.ts';
export { type IdxArray, readIdx, readIdxImages } from './images/idx.ts';
export type { ImageSelection, ImageSet } from './images/image-set.ts';
export type { DenseMatrix } from './preprocess/matrix.ts';
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
export { type ColumnValues, tableFromColumns } from './table/from-columns.ts';
export {
  type CategoricalColumn,
  type Column,
  type ColumnKind,
  cellText,
  findColumn,
  type NumericColumn,
  requireColumn,
  type Table,
  takeRows,
} from './table/table.ts';
