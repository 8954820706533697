import { writtenNumber } from '@agop/data';
import { formatNumber, formatPercent } from '@agop/report';
import type { JSX } from 'preact';
import { Choice } from '../ui/field.tsx';
import type { InputColumn, WhatIfCell } from '../worker/table/rows.ts';
import type { WhatIfCurve } from '../worker/table/what-if.ts';
import type { WhatIf } from './what-if.ts';

/** Sliders that move one row, with what the model says of it. */
export function WhatIfView({ whatIf }: { readonly whatIf: WhatIf }): JSX.Element | null {
  const model = whatIf.model.value;
  const answer = whatIf.answer.value;
  if (!model) return null;
  const { classes, targets, inputs } = model;
  const names = classes?.map(String) ?? targets;
  const output = whatIf.output.value;
  const format = classes ? formatPercent : (value: number): string => formatNumber(value);
  const value = answer?.values[output] ?? Number.NaN;
  const range = rangeOf(answer?.curves ?? [], classes !== undefined);
  return (
    <section class="what-if">
      <h3>What if</h3>
      <p>
        One row, moved. Each curve is the prediction where that column alone moves; its slope at the row is
        the gradient.
      </p>
      <div class="what-if-head">
        <p class="prediction" aria-live="off">
          <span class="soft">{classes ? 'Predicted' : `Predicted ${targets[output] ?? ''}`}</span>
          <output data-testid="prediction">
            {answer
              ? classes
                ? `${answer.cells[0]} · ${format(Math.max(...answer.values))}`
                : typeof answer.cells[output] === 'string'
                  ? answer.cells[output]
                  : format(value)
              : '…'}
          </output>
          {answer && answer.outside.length > 0 && (
            <span class="outside" data-testid="outside">
              A guess: the row lies outside of what the model was fitted on ({answer.outside.join('; ')}).
            </span>
          )}
        </p>
        <div class="fields">
          {whatIf.rows.value > 0 && (
            <label>
              Begin with row{' '}
              <input
                type="number"
                min={1}
                max={whatIf.rows.value}
                placeholder="typical"
                value={whatIf.start.value === undefined ? '' : whatIf.start.value + 1}
                onChange={({ currentTarget }) => {
                  const row = Math.round(currentTarget.valueAsNumber) - 1;
                  void whatIf.startAt(row >= 0 && row < whatIf.rows.value ? row : undefined);
                }}
              />
            </label>
          )}
          {names.length > 1 && (
            <Choice
              label="Look at"
              value={output}
              options={names.map((name, i) => [i, name] as const)}
              onChoice={(chosen) => whatIf.look(chosen)}
            />
          )}
        </div>
      </div>
      <div class="sliders">
        {whatIf.inputs.value.map((place) => {
          const input = inputs[place];
          return input ? (
            <Slider
              key={input.name}
              input={input}
              cell={whatIf.row.value[place] ?? null}
              share={model.importances?.[place]}
              curve={answer?.curves.find((curve) => curve.input === place)}
              range={range}
              onCell={(cell) => whatIf.set(place, cell)}
            />
          ) : null;
        })}
      </div>
    </section>
  );
}

/** Ends of all curves together, so that they can be compared. */
function rangeOf(curves: readonly WhatIfCurve[], areShares: boolean): readonly [number, number] {
  if (areShares) return [0, 1];
  const values = curves.flatMap((curve) => curve.values);
  return values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
}

const [width, height] = [220, 48];

function Slider({
  input,
  cell,
  share,
  curve,
  range: [bottom, top],
  onCell,
}: {
  readonly input: InputColumn;
  readonly cell: WhatIfCell;
  readonly share: number | undefined;
  readonly curve: WhatIfCurve | undefined;
  readonly range: readonly [number, number];
  readonly onCell: (cell: WhatIfCell) => void;
}): JSX.Element {
  const { name, kind, categories, low, high, whole } = input;
  const isCategory = kind === 'categorical';
  const last = isCategory ? Math.max(1, Math.min(categories.length, curve?.at.length ?? 1) - 1) : high;
  const first = isCategory ? 0 : low;
  const at = isCategory ? Math.max(0, categories.indexOf(String(cell))) : Number(cell ?? input.typical);
  const x = (value: number): number => ((value - first) / (last - first || 1)) * width;
  const y = (value: number): number => height - 3 - ((value - bottom) / (top - bottom || 1)) * (height - 6);
  const points =
    curve?.at.map((place, i) => `${x(place).toFixed(1)},${y(curve.values[i] ?? 0).toFixed(1)}`) ?? [];
  const value = curve && interpolate(curve, at);
  const shown = isCategory ? String(cell ?? '–') : cellOf(at, input);
  return (
    <div class="slider">
      <div class="slider-head">
        <span class="name">{name}</span>
        <output>{shown}</output>
      </div>
      <div class="graph">
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          <polyline points={points.join(' ')} />
        </svg>
        {value !== undefined && (
          <span
            class="dot"
            aria-hidden="true"
            style={{ left: `${(100 * x(at)) / width}%`, top: `${y(value)}px` }}
          />
        )}
      </div>
      {isCategory ? (
        <select
          aria-label={name}
          value={String(cell)}
          onChange={({ currentTarget }) => onCell(currentTarget.value)}
        >
          {categories.map((category) => (
            <option key={category}>{category}</option>
          ))}
        </select>
      ) : (
        <input
          type="range"
          aria-label={name}
          min={low}
          max={high}
          step={whole ? 1 : (high - low) / 200 || 1}
          value={at}
          onInput={({ currentTarget }) => onCell(currentTarget.valueAsNumber)}
        />
      )}
      <p class="soft">
        {curve?.slope === undefined ? '' : `gradient ${signed(curve.slope)} per ${unitOf(input)}`}
        {share === undefined
          ? ''
          : `${curve?.slope === undefined ? '' : ' · '}${formatPercent(share)} of the metric`}
      </p>
    </div>
  );
}

function unitOf({ notation }: InputColumn): string {
  if (notation === 'clock') return 'hour';
  return notation?.startsWith('date') ? 'day' : 'unit';
}

/** A number as its column writes it. */
function cellOf(value: number, { notation, whole }: InputColumn): string {
  const written = writtenNumber(value, notation, whole);
  return typeof written === 'string' ? written : formatNumber(written);
}

function interpolate({ at, values }: WhatIfCurve, place: number): number {
  const next = at.findIndex((one) => one >= place);
  if (next <= 0) return (next === 0 ? values[0] : values.at(-1)) ?? 0;
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [at[next - 1], at[next], values[next - 1], values[next]];
  return y0 + ((y1 - y0) * (place - x0)) / (x1 - x0 || 1);
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${formatNumber(value, 3)}`;
}
