import { findColumn, type NumericColumn, type Table, type TablePreprocessor } from '@agop/data';
import type { InputColumn } from './rows.ts';

/** How far beyond the mean the controls of a model without its table reach, in scales of the column. */
const reach = 3;

/**
 * The columns that a model needs, in the order of the table: ranges and typical values are those of the
 * table, or, without it, what the preprocessing has learned.
 */
export function inputsOf(preprocessor: TablePreprocessor, table: Table | undefined): InputColumn[] {
  const { encoders } = preprocessor.toJSON();
  return encoders.map((encoder): InputColumn => {
    const { column: name } = encoder;
    const found = table && findColumn(table, name);
    if ('categories' in encoder) {
      const { categories } = encoder;
      return {
        name,
        kind: 'categorical',
        notation: undefined,
        categories,
        ...nowhere,
        typical: categories[0] ?? null,
      };
    }
    const notation = 'notation' in encoder ? encoder.notation : undefined;
    const base = { name, kind: 'numeric', notation, categories: [] } as const;
    if (found?.kind === 'numeric') return { ...base, ...spread(found) };
    const [center, scale] =
      encoder.kind === 'date'
        ? [encoder.parts[0]?.mean ?? 0, encoder.parts[0]?.scale ?? 1]
        : [encoder.shift, encoder.scale];
    return {
      ...base,
      low: center - reach * scale,
      high: center + reach * scale,
      // Dates without a time, where the hour made no difference.
      whole: encoder.kind === 'date' && !encoder.parts.some(({ part }) => part === 'hour'),
      typical: center,
    };
  });
}

const nowhere = { low: 0, high: 0, whole: false } as const;

function spread({ values }: NumericColumn): Pick<InputColumn, 'low' | 'high' | 'whole' | 'typical'> {
  const sorted = values.filter(Number.isFinite).sort();
  const [low = 0, high = 1] = [sorted[0], sorted.at(-1)];
  return {
    low,
    high,
    whole: sorted.every(Number.isInteger),
    typical: sorted[Math.floor(sorted.length / 2)] ?? 0,
  };
}
