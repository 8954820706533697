import { signal } from '@preact/signals';
import type { PageEngine } from './page-engine.ts';

/** How far a computation is. */
export interface Progress {
  readonly fraction: number;
  readonly text: string;
}

/** How it is with the computation of a panel. */
export type RunState =
  | { readonly kind: 'idle' }
  | ({ readonly kind: 'running' } & Progress)
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };

/** How long a computation may go on after it was stopped, before its worker is ended: milliseconds. */
const patience = 3000;

/** One computation at a time, with progress and a way to stop it. */
export class Run {
  readonly state = signal<RunState>({ kind: 'idle' });
  readonly #engine: PageEngine;
  #controller: AbortController | undefined;

  constructor(engine: PageEngine) {
    this.#engine = engine;
  }

  /** What another panel computes now, in a word: one computation has the engine at a time. */
  get other(): string | undefined {
    return this.#controller ? undefined : this.#engine.busy.value;
  }

  get isRunning(): boolean {
    return this.#controller !== undefined;
  }

  /**
   * Runs something; what it throws becomes the state `failed`, or `stopped` after {@link stop}.
   *
   * @param name what is computed, in a word
   * @returns what it gave; undefined after a failure or a stop
   */
  async start<T>(
    name: string,
    work: (signal: AbortSignal, tell: (progress: Progress) => void) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#controller || this.#engine.busy.peek() !== undefined) return undefined;
    const controller = new AbortController();
    this.#controller = controller;
    this.state.value = { kind: 'running', fraction: 0, text: 'Starting' };
    this.#engine.busy.value = name;
    try {
      const result = await work(controller.signal, (progress) => {
        if (!controller.signal.aborted) this.state.value = { kind: 'running', ...progress };
      });
      this.state.value = controller.signal.aborted ? { kind: 'stopped' } : { kind: 'idle' };
      return result;
    } catch (error) {
      this.state.value = controller.signal.aborted
        ? { kind: 'stopped' }
        : { kind: 'failed', message: messageOf(error) };
      return undefined;
    } finally {
      this.#controller = undefined;
      this.#engine.busy.value = undefined;
    }
  }

  /** Stops at the next step, or by ending the worker where that takes too long. */
  stop(): void {
    const controller = this.#controller;
    if (!controller || controller.signal.aborted) return;
    this.state.value = { kind: 'stopping' };
    controller.abort();
    setTimeout(() => {
      if (this.#controller === controller) void this.#engine.end();
    }, patience);
  }
}

/** The sentence of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
