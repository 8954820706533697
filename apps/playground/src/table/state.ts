import type { ColumnType } from '@agop/data';
import { computed, effect, signal } from '@preact/signals';
import type { PageEngine } from '../engine/page-engine.ts';
import { messageOf, Run } from '../engine/run.ts';
import { isSmallDevice } from '../engines/settings.ts';
import type { RowModel } from '../worker/table/row-model.ts';
import type { ModelFacts, OpenedTable, TableFile, TableOutcome } from '../worker/table-session.ts';
import { bestModel } from './scores.ts';
import { WhatIf } from './what-if.ts';

const mib = 2 ** 20;
/** Largest files that are read. */
const mostBytes = { desk: 256 * mib, phone: 32 * mib };

/** What a column is to be: as recognized, something else, or no feature. */
export type ColumnChoice = 'recognized' | 'left out' | ColumnType;

/** All that the panel of tables knows, and what it does. */
export class TableState {
  readonly engine: PageEngine;
  readonly run: Run;
  /** What went wrong with a file, in a sentence. */
  readonly problem = signal<string | undefined>(undefined);
  readonly isReading = signal(false);
  readonly opened = signal<OpenedTable | undefined>(undefined);
  readonly choices = signal<Readonly<Record<string, ColumnChoice>>>({});
  readonly target = signal('');
  readonly task = signal<'auto' | 'classification' | 'regression'>('auto');
  readonly seconds = signal<number>(isSmallDevice() ? 10 : 20);
  readonly tuning = signal(true);
  readonly outcome = signal<TableOutcome | undefined>(undefined);
  /** Those that can be asked: of the last fit, or a loaded one. */
  readonly models = signal<readonly ModelFacts[]>([]);
  readonly shown = signal<RowModel['kind']>('rfm');
  readonly model = computed(() => this.models.value.find(({ kind }) => kind === this.shown.value));
  readonly whatIf: WhatIf;
  #file: Omit<TableFile, 'types'> | undefined;
  #session: ReturnType<TableState['newSession']> | undefined;
  readonly #stopWatching: () => void;

  constructor(engine: PageEngine) {
    this.engine = engine;
    this.run = new Run(engine);
    this.whatIf = new WhatIf(() => this.session());
    let generation = engine.generation.peek();
    // With the worker went the table and its models.
    this.#stopWatching = effect(() => {
      if (engine.generation.value === generation) return;
      generation = engine.generation.value;
      this.#session = undefined;
      this.models.value = [];
      this.whatIf.clear();
    });
  }

  /** Reads a table that comes with the page. */
  async openSample({ url, name, target }: { url: string; name: string; target: string }): Promise<void> {
    await this.#reading(async () => {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${name} could not be loaded (${response.status}).`);
      await this.#open({ name, bytes: await response.arrayBuffer() }, target);
    });
  }

  /** Reads a file of the reader. */
  async openFile(file: File): Promise<void> {
    await this.#reading(async () => {
      const most = isSmallDevice() ? mostBytes.phone : mostBytes.desk;
      if (file.size > most) {
        throw new Error(
          `${file.name} has ${Math.ceil(file.size / mib)} MB; this page takes ${most / mib} MB at most. Leave out rows or columns, or fit it with the program (agop fit).`,
        );
      }
      await this.#open({ name: file.name, bytes: await file.arrayBuffer() }, undefined);
    });
  }

  /** Says what a column is; the table is read again where that changes how its cells are read. */
  async choose(column: string, choice: ColumnChoice): Promise<void> {
    const before = this.#types();
    this.choices.value = { ...this.choices.value, [column]: choice };
    if (JSON.stringify(before) === JSON.stringify(this.#types()) || !this.#file) return;
    const file = this.#file;
    await this.#reading(async () => this.#open(file, this.target.value, true));
  }

  async fit(): Promise<void> {
    const { run, engine, target, task, seconds, tuning } = this;
    this.problem.value = undefined;
    await run.start('a table', async (abort, tell) => {
      if (engine.state.peek().kind !== 'ready') tell({ fraction: 0, text: 'Starting the engine' });
      const session = await this.session();
      const choices = Object.entries(this.choices.value);
      const outcome = await session.run(
        {
          target: target.value,
          task: task.value === 'auto' ? undefined : task.value,
          ignore: choices
            .filter(([name, choice]) => choice === 'left out' && name !== target.value)
            .map(([name]) => name),
          categorical: choices.filter(([, choice]) => choice === 'categorical').map(([name]) => name),
          seconds: seconds.value,
          tuning: tuning.value,
          seed: 0,
        },
        { signal: abort, onProgress: tell },
      );
      this.outcome.value = outcome;
      this.#show(outcome.models, bestModel(outcome));
    });
  }

  /** Loads the file of a model. */
  async load(file: File): Promise<void> {
    await this.#reading(async () => {
      const session = await this.session();
      const models = await session.load({ name: file.name, bytes: await file.arrayBuffer() });
      this.outcome.value = undefined;
      this.#show(models);
    });
  }

  /** Predictions as CSV, for the rows of the table or of a further file. */
  async predictions(file?: File): Promise<string> {
    const session = await this.session();
    const further = file && { name: file.name, bytes: await file.arrayBuffer() };
    return session.predictions({ kind: this.shown.value, ...(further && { file: further }) });
  }

  /** The shown model as a file. */
  async modelFile(): Promise<Uint8Array> {
    return (await this.session()).toBytes(this.shown.value);
  }

  /** The session of the panel, with its table in it. */
  session(): ReturnType<TableState['newSession']> {
    this.#session ??= this.newSession();
    return this.#session;
  }

  async newSession() {
    const worker = await this.engine.worker();
    const session = await worker.make('table');
    if (this.#file) await session.open({ ...this.#file, types: this.#types() });
    return session;
  }

  dispose(): void {
    this.#stopWatching();
    void this.#session?.then((session) => session.dispose()).catch(() => undefined);
  }

  async #open(file: Omit<TableFile, 'types'>, target: string | undefined, isAgain = false): Promise<void> {
    if (!isAgain) this.choices.value = {};
    const session = await this.session();
    const opened = await session.open({ ...file, types: this.#types() });
    this.#file = file;
    this.outcome.value = undefined;
    this.#show([]);
    this.opened.value = opened;
    const isThere = opened.columns.some(({ name }) => name === target);
    this.target.value = target !== undefined && isThere ? target : opened.target;
    if (!isAgain) this.task.value = 'auto';
  }

  #show(models: readonly ModelFacts[], first = models[0]?.kind ?? 'rfm'): void {
    this.models.value = models;
    this.shown.value = first;
    this.whatIf.show(this.model.value, this.opened.value?.rows ?? 0);
  }

  /** Shows another one of the models. */
  showModel(kind: RowModel['kind']): void {
    this.shown.value = kind;
    this.whatIf.show(this.model.value, this.opened.value?.rows ?? 0);
  }

  #types(): Record<string, ColumnType> {
    const declared = Object.entries(this.choices.value).filter(
      (entry): entry is [string, ColumnType] => entry[1] !== 'recognized' && entry[1] !== 'left out',
    );
    return Object.fromEntries(declared);
  }

  async #reading(work: () => Promise<void>): Promise<void> {
    if (this.isReading.value || this.run.isRunning) return;
    this.problem.value = undefined;
    this.isReading.value = true;
    try {
      await work();
    } catch (error) {
      this.problem.value = messageOf(error);
    } finally {
      this.isReading.value = false;
    }
  }
}
