import type { Scope, Tensor } from '@agop/core';
import type { FitWarning } from '@agop/estimators';
import type { FittedLayer } from '../deep/feature-layer.ts';
import type { ConvMachine } from '../machine/conv-machine.ts';
import type { ConvRecord, TransformSnapshot } from './events.ts';
import type { ConvEstimatorOptions } from './options.ts';

/** A trained machine with everything that it stands on; owns its tensors. */
export interface FittedConv {
  readonly machine: ConvMachine;
  /** Training images, minus `origin`: [n, height, width, channels]. */
  readonly images: Tensor;
  /** What pixels are counted from, [height · width · channels]; undefined where the kernel would see that. */
  readonly origin: Float64Array | undefined;
  /** Feature layers below the machine. */
  readonly layers: readonly FittedLayer[];
  /** The fit that was kept. */
  readonly best: ConvRecord;
  readonly history: readonly ConvRecord[];
  readonly snapshots: readonly TransformSnapshot[];
  readonly warnings: readonly FitWarning[];
  /** What an estimator of such models needs to know. */
  readonly options: ConvEstimatorOptions;
  dispose(): void;
}

/** Makes a model that owns its tensors of its parts; the scope gives them up. */
export function fittedConv(scope: Scope, parts: Omit<FittedConv, 'dispose'>): FittedConv {
  const { machine, images, layers } = parts;
  const { centers, transform } = machine;
  const owned = new Set([images, centers, ...layers.map(({ filters }) => filters)]);
  if (transform) owned.add(transform);
  for (const tensor of [...owned, machine.coefficients]) scope.keep(tensor);
  return {
    ...parts,
    dispose() {
      machine.dispose();
      for (const tensor of owned) tensor.dispose();
    },
  };
}
