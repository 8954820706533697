import type { Backend, OptionNaming } from '@agop/core';
import { fitWarningCodes } from '@agop/estimators';
import * as z from 'zod/mini';
import type { PartStore } from './run-parts.ts';

/** What every run of an experiment has at hand, besides its settings. */
export interface RunContext<Event> {
  /** Where to compute; stays open. */
  readonly backend: Backend;
  /** Ends the run at its next step with an `AbortedError`. */
  readonly signal?: AbortSignal;
  /** Told how far the run is. */
  readonly onEvent?: (event: Event) => void;
  /** Where its parts are kept as they are done, and found again. Default: nowhere. */
  readonly parts?: PartStore;
  /**
   * Free bytes of the program's own memory, where known: what does not fit is refused before anything is
   * made.
   */
  readonly freeHostBytes?: number;
  /** What sentences of the result call options. Default: as in code; a program says `--ridge`. */
  readonly naming?: OptionNaming;
}

/** A result as text for a terminal; colour and width are the reader's choice. */
export interface TextSummary {
  readonly title: string;
  /** What was run, a line each. */
  readonly facts: readonly string[];
  /** What happened, a sentence each. */
  readonly findings: readonly string[];
}

/** Name and parameters of a kernel or a feature map. */
export const named = z.object({
  name: z.string(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** Where a fit went on otherwise than asked. */
export const fitWarnings = z.array(
  z.object({
    code: z.enum(fitWarningCodes),
    message: z.string(),
    iteration: z.int(),
  }),
);

/** What a run was computed on. */
export const computedOn = {
  /** Name of the backend. */
  backend: z.string(),
  /** The device, for people. */
  device: z.string(),
  dtype: z.string(),
  /** Duration of the run alone. */
  seconds: z.number(),
} as const;

/** Name and parameters, as they come and go. */
export interface Named {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** A kernel for people: `laplace kernel (bandwidth 2)`. */
export function kernelWords({ name, parameters }: Named): string {
  return `${name} kernel${inBrackets(parameters)}`;
}

/** Parameters for people: ` (width 512, weights uniform)`. */
export function inBrackets(parameters: Named['parameters']): string {
  const list = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
  return list.length === 0 ? '' : ` (${list.join(', ')})`;
}

/** `ridge 0.1`, `no ridge`. */
export function ridgeWords(ridge: number): string {
  return ridge === 0 ? 'no ridge' : `ridge ${ridge}`;
}
