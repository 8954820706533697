import { type Block, block, formatNumber, formatPercent, type Section } from '@agop/report';
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { messageOf } from '../engine/run.ts';
import { Blocks } from '../ui/blocks.tsx';
import { CopyText } from '../ui/copy-text.tsx';
import { saveFile } from '../ui/save-file.ts';
import type { RowModel } from '../worker/table/row-model.ts';
import type { TableOutcome } from '../worker/table-session.ts';
import { nodePrograms } from './node-program.ts';
import { chosenScore } from './scores.ts';
import type { TableState } from './state.ts';
import { WhatIfView } from './what-if-view.tsx';

/** What a fit has found, and what can be done with it. */
export function Results({ state }: { readonly state: TableState }): JSX.Element | null {
  const outcome = state.outcome.value;
  const sections = useSignal<readonly Section[]>([]);
  useSignalEffect(() => {
    const shown = state.outcome.value;
    const kind = state.shown.value;
    if (!shown) sections.value = [];
    else {
      void sectionsOf(shown, kind).then((made) => {
        if (state.outcome.peek() === shown && state.shown.peek() === kind) sections.value = made;
      });
    }
  });
  if (!outcome && state.models.value.length === 0) return null;
  return (
    <div class="results">
      {outcome && (
        <>
          <h3>Score board</h3>
          <Blocks blocks={scoreBoard(outcome)} />
        </>
      )}
      <ModelChoice state={state} />
      <WhatIfView whatIf={state.whatIf} />
      <Files state={state} />
      {sections.value.map(({ heading, blocks }) => (
        <section key={heading}>
          <h3>{heading}</h3>
          <Blocks blocks={blocks} />
        </section>
      ))}
      {outcome && <Programs name={state.opened.value?.name ?? 'table.csv'} outcome={outcome} />}
    </div>
  );
}

/** The comparison, and the report of the model that is shown: the sections that the program writes. */
async function sectionsOf({ result, choice }: TableOutcome, kind: RowModel['kind']): Promise<Section[]> {
  const { tabularPage } = await import('@agop/experiments/tabular');
  const { sections } = await tabularPage(result);
  if (kind === 'rfm' || !choice) return [...sections];
  const { tableChoicePage } = await import('@agop/experiments/table-choice');
  return [...sections.slice(0, 1), ...(await tableChoicePage(choice.result)).sections];
}

function scoreBoard(outcome: TableOutcome): Block[] {
  const { result, choice } = outcome;
  const { summary } = result;
  const { best, iterations, trainingRows, heldOutRows } = summary;
  const isShare = best.metric === 'accuracy' || best.metric === 'balancedAccuracy';
  const text = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : isShare ? formatPercent(value) : formatNumber(value);
  const name = best.metric === 'mse' ? 'mean squared error' : best.metric;
  const chosen = chosenScore(outcome)?.test?.value;
  return [
    block.facts([
      [`${name}: kernel regression`, text(iterations[0]?.value)],
      [`${name}: RFM`, text(best.value)],
      ...(choice ? [[`${name}: settings chosen`, text(chosen)] as const] : []),
      ...(summary.baseline === undefined ? [] : [[`${name}: a guess`, text(summary.baseline)] as const]),
      ['training, held-out rows', `${trainingRows}, ${heldOutRows}`],
      ['seconds', formatNumber(summary.seconds + (choice?.result.summary.seconds ?? 0), 3)],
    ]),
  ];
}

const modelWords = { rfm: 'RFM', tuned: 'settings chosen' } as const;
/** What files of a model are called by. */
const fileWords = { rfm: 'rfm', tuned: 'chosen' } as const;

function ModelChoice({ state }: { readonly state: TableState }): JSX.Element | null {
  const models = state.models.value;
  if (models.length < 2) return null;
  return (
    <fieldset class="choice">
      <legend>Model for what follows</legend>
      {models.map(({ kind }) => (
        <label key={kind}>
          <input
            type="radio"
            name="model"
            checked={state.shown.value === kind}
            onChange={() => state.showModel(kind)}
          />
          {modelWords[kind]}
        </label>
      ))}
    </fieldset>
  );
}

function Files({ state }: { readonly state: TableState }): JSX.Element | null {
  const problem = useSignal<string | undefined>(undefined);
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    problem.value = undefined;
    try {
      await work();
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  if (state.models.value.length === 0) {
    return <p class="soft">The model went with the engine it was on. Fit again.</p>;
  }
  const named = (name: string): string => `${name.replace(/(\.\w+)+$/, '')}-${fileWords[state.shown.value]}`;
  const base = named(state.opened.value?.name ?? 'table');
  return (
    <section class="files">
      <h3>Take it along</h3>
      <div class="buttons">
        {state.opened.value && (
          <button
            type="button"
            onClick={() =>
              guarded(async () => saveFile(`${base}-predictions.csv`, await state.predictions(), 'text/csv'))
            }
          >
            Predictions as CSV
          </button>
        )}
        <button
          type="button"
          onClick={() =>
            guarded(async () =>
              saveFile(`${base}.safetensors`, await state.modelFile(), 'application/octet-stream'),
            )
          }
        >
          Model file
        </button>
        <label class="button">
          Predict another file
          <input
            type="file"
            class="visually-hidden"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              currentTarget.value = '';
              if (!file) return;
              void guarded(async () => {
                const csv = await state.predictions(file);
                saveFile(`${named(file.name)}-predictions.csv`, csv, 'text/csv');
              });
            }}
          />
        </label>
      </div>
      {problem.value !== undefined && (
        <p class="failure" role="alert">
          {problem.value}
        </p>
      )}
    </section>
  );
}

function Programs({ name, outcome }: { readonly name: string; readonly outcome: TableOutcome }): JSX.Element {
  const { command, program } = nodePrograms(name, outcome.settings, outcome.choice?.settings.time);
  return (
    <section class="programs">
      <h3>The same in Node</h3>
      <p>
        Kernel regression and RFM with the same rows held out, and a choice of settings; the program has all
        of it in one report.
      </p>
      <CopyText label="Commands" text={command} />
      <CopyText label="Program" text={program} />
    </section>
  );
}
