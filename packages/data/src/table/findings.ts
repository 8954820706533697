import { wording } from '@agop/core';
import type { TableNote } from './note.ts';
import { wordOf } from './spellings.ts';
import { type CategoricalColumn, type Column, describeRow, type NumericColumn, type Table } from './table.ts';

/** Fewest rows in which a column of different values says something. */
const fewestRows = 10;
/** Cells that are so many interquartile ranges from the median set the scale of a column … */
const farAway = 50;
/** … if they are no more than this share of all. */
const fewCells = 0.1;

/**
 * What people should know of feature columns before they are fitted: identifiers, cells so far from the
 * others that they alone set the scale, and categories that differ in capital letters alone.
 *
 * @param features names of the columns
 */
export function findingsOf(table: Table, features: ReadonlySet<string>): TableNote[] {
  return table.columns.flatMap((column): TableNote[] => {
    if (!features.has(column.name)) return [];
    if (isIdentifier(column, table.rows)) {
      return [
        {
          code: 'identifier',
          column: column.name,
          message: wording`column '${column.name}' ${identifierWords(column)}, but is used as a feature: ${{ option: 'ignore', value: column.name }} leaves it out.`,
          option: 'ignore',
        },
      ];
    }
    if (column.kind === 'categorical') return spellings(column);
    return column.notation === undefined ? outliers(table, column) : [];
  });
}

/** Most categories in which spellings are looked for. */
const mostCategories = 1000;

/** Texts that are one word for people: they differ in capital letters or blanks alone. */
function spellings({ name, categories, codes }: CategoricalColumn): TableNote[] {
  if (categories.length > mostCategories) return [];
  const present = new Set(codes);
  const byWord = new Map<string, string[]>();
  for (const [code, category] of categories.entries()) {
    if (!present.has(code)) continue;
    const word = wordOf(category);
    byWord.set(word, [...(byWord.get(word) ?? []), category]);
  }
  const alike = [...byWord.values()].filter((texts) => texts.length > 1);
  const [first] = alike;
  if (!first) return [];
  const more =
    alike.length === 1
      ? ''
      : `, and ${alike.length - 1} more ${alike.length === 2 ? 'word is' : 'words are'} written in several ways`;
  return [
    {
      code: 'spellings',
      column: name,
      message: wording`${first.map((text) => `'${text}'`).join(' and ')} of column '${name}' differ in capital letters or blanks alone, and are different categories${more}: ${{ option: 'spellings', value: 'merge' }} takes them for one.`,
      option: 'spellings',
    },
  ];
}

const identifierName =
  /(?:^|[_\s.-])(?:id|ids|uuid|guid|index|idx|key|rowid|row|nr|no)$|[a-z]I[dD]$|^Unnamed: 0$/i;

/** Whether a column only numbers or names the rows. */
export function isIdentifier(column: Column, rows: number): boolean {
  if (rows < fewestRows || column.missing > 0) return false;
  if (column.kind === 'categorical') return new Set(column.codes).size === rows;
  const { values } = column;
  if (!values.every(Number.isInteger) || new Set(values).size < rows) return false;
  const step = (values[1] as number) - (values[0] as number);
  const isCounting = values.every((value, i) => i === 0 || value - (values[i - 1] as number) === step);
  // Days are counted too.
  if (column.notation !== undefined) return false;
  return (
    (isCounting && Math.abs(step) === 1) ||
    identifierName.test(column.name) ||
    values.some((value) => !Number.isSafeInteger(value))
  );
}

/** Why a column says nothing but which row it is, after "it". */
export function identifierWords({ kind }: Column): string {
  return kind === 'numeric' ? 'looks like a number of the row' : 'has another text in every row';
}

function outliers(table: Table, { name, values }: NumericColumn): TableNote[] {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length < fewestRows) return [];
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [median, range] = [at(0.5), at(0.75) - at(0.25)];
  if (!(range > 0)) return [];
  const isFar = (value: number): boolean => Math.abs(value - median) > farAway * range;
  const count = sorted.filter(isFar).length;
  if (count === 0 || count > fewCells * sorted.length) return [];
  const row = values.findIndex(isFar);
  const [lead, them] = count === 1 ? ['1 cell', 'it'] : [`${count} cells`, 'they'];
  return [
    {
      code: 'outlier',
      column: name,
      message: wording`${lead} of column '${name}', as ${String(values[row])} in ${describeRow(table, row)}, lie more than ${farAway} interquartile ranges from its median ${String(median)}, and ${them} alone set its scale. Correct or empty such cells, name their text with ${{ option: 'missing' }}, or see ${{ option: 'scale', value: 'normal ranks' }}, for which no cell is far from the others.`,
      option: 'scale',
    },
  ];
}
