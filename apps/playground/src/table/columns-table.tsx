import { formatNumber } from '@agop/report';
import type { JSX } from 'preact';
import { columnKinds, columnWords } from '../worker/table/column-words.ts';
import type { ColumnFacts } from '../worker/table/columns.ts';
import type { TableState } from './state.ts';

/** Columns of the table that are shown without asking. */
const firstColumns = 24;

/** The columns as they were recognized, each to be corrected; and which of them is the target. */
export function ColumnsTable({ state }: { readonly state: TableState }): JSX.Element | null {
  const opened = state.opened.value;
  if (!opened) return null;
  const { columns } = opened;
  const row = (column: ColumnFacts) => <ColumnRow key={column.name} state={state} column={column} />;
  const head = (
    <thead>
      <tr>
        <th scope="col">Column</th>
        <th scope="col">Is</th>
        <th scope="col">Holds</th>
        <th scope="col" class="n">
          Missing
        </th>
      </tr>
    </thead>
  );
  return (
    <div>
      <section class="wide" aria-label="Columns">
        <table class="columns">
          {head}
          <tbody>{columns.slice(0, firstColumns).map(row)}</tbody>
        </table>
      </section>
      {columns.length > firstColumns && (
        <details>
          <summary>{columns.length - firstColumns} more columns</summary>
          <section class="wide" aria-label="More columns">
            <table class="columns">
              {head}
              <tbody>{columns.slice(firstColumns).map(row)}</tbody>
            </table>
          </section>
        </details>
      )}
      {opened.notes.length > 0 && (
        <details>
          <summary>
            {opened.notes.length} {opened.notes.length === 1 ? 'guess was' : 'guesses were'} made
          </summary>
          <ul>
            {opened.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function ColumnRow({
  state,
  column,
}: {
  readonly state: TableState;
  readonly column: ColumnFacts;
}): JSX.Element {
  const { name, missing } = column;
  const isTarget = state.target.value === name;
  const choice = state.choices.value[name] ?? 'recognized';
  const recognized = columnWords.get(column.notation ?? column.kind) ?? column.kind;
  return (
    <tr class={isTarget ? 'target' : choice === 'left out' ? 'soft' : ''}>
      <th scope="row">{name}</th>
      <td>
        {isTarget ? (
          'the target'
        ) : (
          <select
            aria-label={`What ${name} is`}
            value={choice}
            disabled={state.isReading.value}
            onChange={({ currentTarget }) => {
              const chosen = [...columnKinds.map(([kind]) => kind), 'recognized' as const].find(
                (kind) => kind === currentTarget.value,
              );
              if (chosen) void state.choose(name, chosen);
            }}
          >
            <option value="recognized">{choice === 'recognized' ? recognized : 'as recognized'}</option>
            {columnKinds
              .filter(([kind]) => choice !== 'recognized' || kind !== (column.notation ?? column.kind))
              .map(([kind, words]) => (
                <option key={kind} value={kind}>
                  {words}
                </option>
              ))}
          </select>
        )}
      </td>
      <td class="holds">{holds(column)}</td>
      <td class="n">{missing === 0 ? '–' : missing}</td>
    </tr>
  );
}

function holds({ kind, notation, low, high, different, examples }: ColumnFacts): string {
  if (kind === 'categorical' || notation !== undefined || low === undefined || high === undefined) {
    const some = examples.join(', ');
    return different > examples.length
      ? `${some}, … (${different >= 1000 ? '1,000 or more' : different})`
      : some;
  }
  return `${formatNumber(low)} to ${formatNumber(high)}`;
}
