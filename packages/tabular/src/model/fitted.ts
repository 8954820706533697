import type { Backend } from '@agop/core';
import {
  type FittedModel,
  type FitWarning,
  type IterationRecord,
  kernelSchema,
  type ModelParts,
} from '@agop/estimators';
import type { RFMDescription } from '@agop/rfm';
import * as z from 'zod/mini';
import type { LeafMachines } from '../leaf/machines.ts';
import type { TreeNode } from '../tree/node.ts';
import type { RoutingOptions } from '../tree/routing.ts';
import type { TabularSettings } from './settings.ts';

/** What a model keeps of its settings. */
export const fittedSettingsSchema = z.object({
  seed: z.int().check(z.nonnegative()),
  kernel: kernelSchema,
  bandwidthMode: z.enum(['constant', 'adaptive']),
  diagonal: z.boolean(),
  iterations: z.int().check(z.nonnegative()),
  ridge: z.array(z.number().check(z.nonnegative())).check(z.minLength(1)),
  solver: z.enum(['ridge', 'logistic']),
  codes: z.array(z.int().check(z.nonnegative())),
  selection: z.string(),
});

/** {@link TabularSettings} as far as a model keeps them. */
export type FittedSettings = z.infer<typeof fittedSettingsSchema>;

/** Those of a fit. */
export function fittedSettings(settings: TabularSettings): FittedSettings {
  const { seed, kernel, bandwidthMode, diagonal, iterations, ridge, solver, codes, selection } = settings;
  const { name, parameters } = kernel;
  return {
    seed,
    kernel: { name, parameters: { ...parameters } },
    bandwidthMode,
    diagonal,
    iterations,
    ridge: [...ridge],
    solver,
    codes: [...codes],
    selection,
  };
}

/** A leaf of a fitted model, on the host. */
export interface TabularLeaf {
  /** What a model file holds of it. */
  readonly parts: ModelParts<RFMDescription>;
  /** Rows that it was fitted on. */
  readonly rows: number;
  /** The kept iteration. */
  readonly best: number;
  readonly history: readonly IterationRecord[];
  readonly warnings: readonly FitWarning[];
}

/** A fitted model of a table. */
export interface FittedTabular extends FittedModel {
  readonly backend: Backend;
  readonly settings: FittedSettings;
  /** Number of columns of X. */
  readonly features: number;
  readonly outputs: number;
  /** Rows that the leaves were fitted on; leaves that overlap share some, and trees all of them. */
  readonly rows: number;
  /** One tree or more, whose outputs are averaged. A tree may be one leaf. */
  readonly trees: readonly TreeNode[];
  /** The leaves of all trees. */
  readonly leaves: readonly TabularLeaf[];
  readonly routing: RoutingOptions;
  /** Scores of the temperatures that were tried, in their order. */
  readonly temperatures: readonly { readonly temperature: number; readonly score: number }[];
  /** The leaves on the backend. */
  readonly machines: LeafMachines;
}
