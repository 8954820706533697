import { signal } from '@preact/signals';
import type { RowModel } from '../worker/table/row-model.ts';
import type { WhatIfCell } from '../worker/table/rows.ts';
import type { WhatIfAnswer, WhatIfQuestion } from '../worker/table/what-if.ts';
import type { ModelFacts } from '../worker/table-session.ts';

/** Columns that have a slider: the most important ones. */
export const shownInputs = 8;

/** Who answers. */
interface Answering {
  row(of: { readonly kind: RowModel['kind']; readonly index: number }): Promise<WhatIfQuestion['row']>;
  whatIf(of: { readonly kind: RowModel['kind']; readonly question: WhatIfQuestion }): Promise<WhatIfAnswer>;
}

/** One row that is moved, and what the model says of it: the latest question is the one that is answered. */
export class WhatIf {
  readonly model = signal<ModelFacts | undefined>(undefined);
  readonly row = signal<readonly WhatIfCell[]>([]);
  readonly answer = signal<WhatIfAnswer | undefined>(undefined);
  /** The target or class that is looked at. */
  readonly output = signal(0);
  /** Number of the row that it began as; undefined for the typical one. */
  readonly start = signal<number | undefined>(undefined);
  /** Places of the columns with sliders. */
  readonly inputs = signal<readonly number[]>([]);
  readonly rows = signal(0);
  readonly #session: () => Promise<Answering>;
  #isAsking = false;
  #isStale = false;

  constructor(session: () => Promise<Answering>) {
    this.#session = session;
  }

  clear(): void {
    this.model.value = undefined;
    this.answer.value = undefined;
  }

  /** Begins with the typical row of a model. @param rows of the table that is open */
  show(model: ModelFacts | undefined, rows: number): void {
    this.clear();
    if (model === undefined) return;
    const places = model.inputs.map((_, i) => i);
    const { importances } = model;
    this.inputs.value = (
      importances ? places.toSorted((a, b) => (importances[b] ?? 0) - (importances[a] ?? 0)) : places
    ).slice(0, shownInputs);
    this.rows.value = rows;
    this.model.value = model;
    this.output.value = 0;
    this.start.value = undefined;
    this.row.value = model.inputs.map(({ typical }) => typical);
    void this.ask();
  }

  /** Begins with a row of the table. */
  async startAt(index: number | undefined): Promise<void> {
    const model = this.model.value;
    if (model === undefined) return;
    this.start.value = index;
    this.row.value =
      index === undefined
        ? model.inputs.map(({ typical }) => typical)
        : await (await this.#session()).row({ kind: model.kind, index });
    await this.ask();
  }

  /** Moves one column. */
  set(input: number, cell: WhatIfCell): void {
    this.row.value = this.row.value.with(input, cell);
    void this.ask();
  }

  look(output: number): void {
    this.output.value = output;
    void this.ask();
  }

  async ask(): Promise<void> {
    this.#isStale = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const model = this.model.value;
        if (model === undefined) return;
        const question = { row: this.row.value, output: this.output.value, curves: this.inputs.value };
        const answer = await (await this.#session()).whatIf({ kind: model.kind, question });
        if (this.model.value === model) this.answer.value = answer;
      }
    } catch {
      // The worker ended, and with it the model.
      this.clear();
    } finally {
      this.#isAsking = false;
    }
  }
}
