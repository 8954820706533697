import type { Tensor } from '@agop/core';
import type { Activation } from '../deep/feature-layer.ts';
import type { PatchPadding } from '../images/geometry.ts';
import type { ConvMachine } from '../machine/conv-machine.ts';
import type { ConvRecord } from './options.ts';

/** A fitted feature layer. */
export interface FittedLayer {
  /** [width, d] */
  readonly filters: Tensor;
  readonly patchSize: number;
  readonly padding: PatchPadding;
  readonly activation: Activation;
}

/** The transform of one fit on the host: what its patches were multiplied by. */
export interface TransformSnapshot {
  readonly layer: number;
  /** 0 for the fixed kernel, whose transform is the identity. */
  readonly iteration: number;
  readonly patchSize: number;
  readonly channels: number;
  /** B [d, d], row-major, entries by (row, column, channel); symmetric. The metric on patches is B². */
  readonly transform: Float64Array;
}

/** A trained machine with everything that it stands on; owns its tensors. */
export interface TrainedConv {
  readonly machine: ConvMachine;
  /** Training images as they came, [n, height, width, channels]. */
  readonly images: Tensor;
  /** Feature layers below the machine. */
  readonly layers: readonly FittedLayer[];
  /** The fit that was kept. */
  readonly best: ConvRecord;
  readonly history: readonly ConvRecord[];
  readonly snapshots: readonly TransformSnapshot[];
  dispose(): void;
}
