import type { TablePreprocessor } from '@agop/data';

/** A column that a model needs. */
interface NeededColumn {
  readonly column: string;
  readonly kind: 'numeric' | 'date' | 'categorical';
  readonly categories?: readonly string[];
  /** Where training rows had empty cells. */
  readonly empty?: true;
}

/** The columns that a model needs, in the order of the table it was fitted on. */
export function columnsOf(preprocessor: TablePreprocessor): NeededColumn[] {
  return preprocessor.toJSON().encoders.map((encoder) => ({
    column: encoder.column,
    kind: encoder.kind === 'ordinal' ? 'categorical' : encoder.kind,
    ...('categories' in encoder && { categories: encoder.categories }),
    ...(encoder.missing > 0 && { empty: true as const }),
  }));
}

/** {@link columnsOf} for people. */
export function columnLines(preprocessor: TablePreprocessor): string[] {
  return columnsOf(preprocessor).map(({ column, kind, categories, empty }) => {
    const what =
      categories === undefined ? (kind === 'date' ? 'date' : 'number') : `one of ${categories.join(', ')}`;
    return `  ${column}: ${what}${empty ? ', or empty' : ''}`;
  });
}
