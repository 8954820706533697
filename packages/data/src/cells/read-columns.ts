import type { TableNote } from '../table/note.ts';
import type { Column, ColumnType } from '../table/table.ts';
import { ColumnBuilder } from './column-builder.ts';

/** How cells become columns. */
export interface Reading {
  readonly names: readonly string[];
  readonly types: Readonly<Record<string, ColumnType>>;
  /** Columns whose cells are kept as they are written. */
  readonly spelled: readonly string[];
  /** Decimal separator that was asked for. */
  readonly decimal: '.' | ',' | undefined;
  /** Decimal separator where neither the options nor the cells say which. */
  readonly usualDecimal: '.' | ',';
  /** Adds the cells of each row to the builders; it is called again for columns whose spelling is needed. */
  readonly feed: (builders: readonly (ColumnBuilder | undefined)[]) => void;
}

/**
 * Reads cells into columns, and decides of each what it holds.
 *
 * @throws {ValueError} as `ColumnBuilder.finish`
 */
export function readColumns(reading: Reading): { columns: Column[]; notes: TableNote[] } {
  const { names, types, decimal, usualDecimal, feed } = reading;
  const spelled = new Set(reading.spelled);
  const builders = names.map(
    (name) => new ColumnBuilder(name, Object.hasOwn(types, name) ? types[name] : undefined),
  );
  feed(builders);
  const evidence =
    decimal === undefined ? new Set(builders.map((builder) => builder.decimalEvidence())) : new Set();
  const shown = evidence.has(',') === evidence.has('.') ? undefined : evidence.has(',') ? ',' : '.';
  const choice = {
    prefer: decimal ?? shown ?? usualDecimal,
    sure: decimal !== undefined || shown !== undefined,
  };
  const finished = builders.map((builder) => builder.finish(choice));
  const again = finished.map(({ column, again }, i) => {
    const isUnspelled = column.kind === 'numeric' && column.spelled === undefined;
    const type = isUnspelled && spelled.has(column.name) ? (again ?? 'categorical') : again;
    return type ? new ColumnBuilder(names[i] as string, type) : undefined;
  });
  if (again.some((builder) => builder !== undefined)) feed(again);
  const notes: TableNote[] = [];
  const columns = finished.map(({ column, notes: remarks }, i): Column => {
    notes.push(...remarks);
    const second = again[i]?.finish({ prefer: ',', sure: true });
    if (second === undefined) return column;
    // Numbers whose spelling was not kept have their texts beside them.
    return column.kind === 'numeric' && second.column.kind === 'categorical'
      ? { ...column, spelled: second.column }
      : second.column;
  });
  return { columns, notes };
}
