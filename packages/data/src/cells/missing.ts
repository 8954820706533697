/** Cells that are read as missing unless `missing` says otherwise: those of pandas, R, Excel and SQL. */
export const defaultMissing: readonly string[] = [
  '',
  '?',
  ...['NA', 'N/A', 'n/a', '#N/A', '#N/A N/A', '#NA', '<NA>', 'NA_character_', 'NA_integer_', 'NA_real_'],
  ...['NaN', 'nan', 'NAN', '-NaN', '-nan', '1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN', 'NaT', 'nat'],
  ...['NULL', 'null', 'Null', '(null)', '(NULL)', '[NULL]', '\\N', 'None', '<null>', '<NULL>'],
  ...[
    '#DIV/0!',
    '#REF!',
    '#VALUE!',
    '#NAME?',
    '#NUM!',
    '#NULL!',
    '#SPILL!',
    '#CALC!',
    '#GETTING_DATA',
    '#NV',
  ],
];

/** Texts that mean "no value" among numbers and dates, but may be a category among texts; lower case. */
const amongNumbers: ReadonlySet<string> = new Set([
  ...['-', '--', '---', '‐', '‑', '–', '—', '−', '.', '..', '...', '…', '*', '**', '/', '//'],
  ...[
    'na',
    'n.a.',
    'n.a',
    'nan',
    'none',
    'nil',
    'null',
    'n/d',
    'nd',
    'n.d.',
    'k.a.',
    'k. a.',
    'x',
    'tbd',
    'void',
  ],
  ...[
    'missing',
    '(missing)',
    'unknown',
    'not available',
    'not applicable',
    'no data',
    'blank',
    '(blank)',
    'empty',
  ],
]);

/** Whether a text in a column of numbers or dates stands for a missing value. */
export function isMissingAmongNumbers(text: string): boolean {
  return amongNumbers.has(text.toLowerCase());
}
