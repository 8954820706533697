import { extname } from 'node:path';
import { OptionError, wording } from '@agop/core';

/** What a file that a command writes is. */
export type OutputKind = 'report' | 'model' | 'predictions';

/** What each kind is called, and the endings that its format has. */
const kinds: Readonly<Record<OutputKind, { readonly what: string; readonly endings: readonly string[] }>> = {
  report: { what: 'A report is a page in HTML', endings: ['.html', '.htm'] },
  model: { what: 'A model is a file of safetensors', endings: ['.safetensors'] },
  predictions: {
    what: 'Predictions are written as their ending says',
    endings: ['.csv', '.tsv', '.json', '.jsonl', '.ndjson', '.csv.gz', '.tsv.gz', '.json.gz', '.jsonl.gz'],
  },
};

/** Endings by which people and programs know a format: under such a name nothing else is to be written. */
const known: ReadonlySet<string> = new Set(
  (
    '.csv .tsv .json .jsonl .ndjson .html .htm .safetensors .gz .zip .bz2 .xz .zst .7z .tar .tgz .xls .xlsx .xlsm .xlsb .ods .numbers ' +
    '.parquet .arrow .feather .avro .orc .h5 .hdf5 .npy .npz .mat .rds .rdata .dta .sav .sas7bdat .sqlite .db .sql .xml .yaml .yml ' +
    '.pdf .doc .docx .odt .rtf .md .png .jpg .jpeg .svg .gif .webp .pkl .pickle .joblib .onnx .pt .pth .pb .keras .gguf'
  ).split(' '),
);

/** The ending of a path in small letters: `.csv`, or `.csv.gz`. */
export function endingOf(path: string): string {
  const last = extname(path).toLowerCase();
  return last === '.gz' ? `${extname(path.slice(0, -last.length)).toLowerCase()}${last}` : last;
}

/**
 * Refuses a name that says another format than the one that is written. Names without an ending, and with one
 * that is no format's, may be anything.
 *
 * @throws {OptionError} with the endings that there are
 */
export function checkEnding(option: string, path: string, kind: OutputKind): void {
  const ending = endingOf(path);
  const { what, endings } = kinds[kind];
  const last = extname(path).toLowerCase();
  if (endings.includes(ending) || !known.has(last)) return;
  throw new OptionError(
    option,
    wording`${{ option, value: path }} ends in ${ending}, which is another format. ${what}: ${listed(endings)}.`,
  );
}

function listed(endings: readonly string[]): string {
  return endings.length === 1 ? `${endings[0]}` : `${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}`;
}
