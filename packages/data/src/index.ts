export { type NpyArray, readNpy } from './arrays/npy.ts';
export { type Bytes, readBytes } from './bytes/gunzip.ts';
export { type DatePart, dateParts, writtenNumber } from './cells/dates.ts';
export { defaultMissing } from './cells/missing.ts';
export {
  type CsvCell,
  type CsvFormatOptions,
  type CsvOptions,
  formatCsv,
  parseCsv,
  readCsv,
} from './csv/csv.ts';
export { readTable } from './formats/table-formats.ts';
export { type RecordLayout, readCifar } from './images/cifar.ts';
export { type IdxArray, readIdx, readIdxImages } from './images/idx.ts';
export type { ImageSelection, ImageSet } from './images/image-set.ts';
export { type NumberScale, numberScales } from './preprocess/number-scale.ts';
export type { PreprocessOptions, Task } from './preprocess/options.ts';
export type { OutsideCells, UnknownCategory } from './preprocess/outside.ts';
export { type ColumnImportance, type FeatureBlock, TablePreprocessor } from './preprocess/preprocessor.ts';
export type {
  CategoricalEncoder,
  DateEncoder,
  Encoder,
  LeftOutColumn,
  NumericEncoder,
  OrdinalEncoder,
  PreprocessorState,
  TargetState,
} from './preprocess/state.ts';
export type { Label } from './preprocess/target.ts';
export { type Folds, parseFolds, readFolds } from './split/folds.ts';
export { sampleRows } from './split/sample-rows.ts';
export { type RowSplit, type SplitOptions, splitRows } from './split/split-rows.ts';
export { findingsOf, identifierWords } from './table/findings.ts';
export type { TableFormat, TableOptions } from './table/format.ts';
export { type CellValue, type ColumnValues, tableFromColumns } from './table/from-columns.ts';
export {
  type ArqueroLike,
  type ArrowLike,
  type DanfoLike,
  type PolarsLike,
  type TableSource,
  tableFrom,
} from './table/from-source.ts';
export type { TableNote } from './table/note.ts';
export {
  type CategoricalColumn,
  type Column,
  type ColumnKind,
  type ColumnType,
  cellText,
  type DenseMatrix,
  findColumn,
  type Notation,
  type NumericColumn,
  requireColumn,
  type Table,
  takeRows,
} from './table/table.ts';
