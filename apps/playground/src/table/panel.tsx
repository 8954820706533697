import type { JSX } from 'preact';
import { render } from 'preact';
import { type PageEngine, pageEngine } from '../engine/page-engine.ts';
import { RunBar } from '../engine/run-bar.tsx';
import { DropZone } from '../ui/drop-zone.tsx';
import { Choice } from '../ui/field.tsx';
import type { MountedPanel } from '../ui/mounted-panel.ts';
import { ColumnsTable } from './columns-table.tsx';
import { Results } from './results.tsx';
import { tableSamples } from './samples.ts';
import { TableState } from './state.ts';

/** Options of {@link mountTablePanel}. */
export interface TablePanelOptions {
  /** A table that is opened at once. */
  readonly sample?: (typeof tableSamples)[number]['id'];
  /** Default: the one that all panels of the page share. */
  readonly engine?: PageEngine;
}

/** Shows the panel of tables in an element. */
export function mountTablePanel(element: HTMLElement, options: TablePanelOptions = {}): MountedPanel {
  const state = new TableState(options.engine ?? pageEngine());
  render(<TablePanel state={state} />, element);
  const sample = tableSamples.find(({ id }) => id === options.sample);
  if (sample) void state.openSample(sample);
  return {
    dispose: () => {
      render(null, element);
      state.dispose();
    },
  };
}

const budgets = [
  [5, '5 seconds'],
  [10, '10 seconds'],
  [20, '20 seconds'],
  [60, '1 minute'],
  [300, '5 minutes'],
] as const;

const tasks = [
  ['auto', 'what it looks like'],
  ['regression', 'numbers'],
  ['classification', 'classes'],
] as const;

function TablePanel({ state }: { readonly state: TableState }): JSX.Element {
  const opened = state.opened.value;
  return (
    <div class="panel table-panel">
      <DropZone
        label="Open a table"
        hint="or drop it here: CSV, TSV, Parquet or JSON lines. It stays on this device."
        accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.gz,.safetensors"
        onFiles={([file]) => {
          if (file) void (file.name.endsWith('.safetensors') ? state.load(file) : state.openFile(file));
        }}
      >
        <div class="buttons">
          <span class="soft">Or try</span>
          {tableSamples.map((sample) => (
            <button type="button" key={sample.id} onClick={() => state.openSample(sample)}>
              {sample.label}
            </button>
          ))}
          <label class="button">
            A saved model
            <input
              type="file"
              class="visually-hidden"
              accept=".safetensors"
              onChange={({ currentTarget }) => {
                const [file] = currentTarget.files ?? [];
                currentTarget.value = '';
                if (file) void state.load(file);
              }}
            />
          </label>
        </div>
      </DropZone>
      <p role="status" class="soft line">
        {state.isReading.value
          ? 'Reading'
          : opened
            ? `${opened.name}: ${counted(opened.rows, 'row')}, ${counted(opened.columns.length, 'column')}`
            : ''}
      </p>
      {state.problem.value !== undefined && (
        <p class="failure" role="alert">
          {state.problem.value}
        </p>
      )}
      {opened && (
        <>
          <div class="fields">
            <Choice
              label="Predict"
              value={state.target.value}
              options={opened.columns.map(({ name }) => [name, name] as const)}
              onChoice={(name) => {
                state.target.value = name;
              }}
            />
            <Choice
              label="as"
              value={state.task.value}
              options={tasks}
              onChoice={(task) => {
                state.task.value = task;
              }}
            />
            <Choice
              label="within"
              value={state.seconds.value}
              options={budgets}
              onChoice={(seconds) => {
                state.seconds.value = seconds;
              }}
            />
            <label>
              <input
                type="checkbox"
                checked={state.tuning.value}
                onChange={({ currentTarget }) => {
                  state.tuning.value = currentTarget.checked;
                }}
              />{' '}
              choose settings, too
            </label>
          </div>
          <RunBar
            run={state.run}
            label="Fit"
            onStart={() => void state.fit()}
            disabled={state.isReading.value}
          />
          <details open={!state.outcome.value}>
            <summary>Columns</summary>
            <ColumnsTable state={state} />
          </details>
        </>
      )}
      <Results state={state} />
    </div>
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
