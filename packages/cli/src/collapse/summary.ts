import { type Backend, chooseDType } from '@agop/core';
import type { Label } from '@agop/data';
import { type CollapseDrop, type DeepRFM, type LayerMeasures, totalDrop } from '@agop/deep-rfm';
import type { CollapseData } from './labelled-rows.ts';
import type { CollapseSettings } from './settings.ts';

/** A metric at the three stages of a layer: X, X M^(1/2) and Φ(X M^(1/2)). */
export interface StageNumbers {
  readonly input: number;
  readonly projected: number;
  readonly features: number;
}

/** Collapse of some rows along a layer. */
export interface LayerNumbers {
  /** tr Σ_W / tr Σ_B */
  readonly nc1: StageNumbers;
  /** tr(Σ_W Σ_B⁺) / C */
  readonly nc1Scattering: StageNumbers;
  /** Mean squared distance of the means' cosines from those of a simplex. */
  readonly nc2: StageNumbers;
  /** Relative deviation of the means' norms. */
  readonly nc2Equinorm: StageNumbers;
  /** Deviation of the means' cosines. */
  readonly nc2Equiangle: StageNumbers;
  /** Share of the rows for which the kernel machine on the layer's features and their nearest class mean agree. */
  readonly nc4: number;
  /** Decades by which NC1 falls by the projection and by the feature map. */
  readonly drop: CollapseDrop | null;
}

/** One layer in {@link CollapseSummary}; the numbers at the top are those of the training rows. */
export interface SummaryLayer extends LayerNumbers {
  readonly layer: number;
  readonly width: number;
  /** Of the kernel machine on this layer's features, on held-out rows. */
  readonly accuracy: number;
  readonly trainAccuracy: number;
  readonly heldOut: LayerNumbers;
}

/** What `collapse --json` prints. The same command on the same backend gives the same numbers, the times apart. */
export interface CollapseSummary {
  readonly data: string;
  readonly trainingRows: number;
  readonly heldOutRows: number;
  readonly features: number;
  readonly classes: readonly Label[];
  readonly depth: number;
  readonly kernel: { readonly name: string; readonly parameters: Readonly<Record<string, number>> };
  readonly map: { readonly name: string; readonly parameters: Readonly<Record<string, number | string>> };
  readonly ridge: number;
  readonly iterations: number;
  readonly coding: string;
  readonly seed: number;
  readonly backend: string;
  readonly device: string;
  readonly dtype: string;
  /** Of the kernel machine on the data as it is. */
  readonly input: { readonly accuracy: number; readonly trainAccuracy: number };
  readonly layers: readonly SummaryLayer[];
  /** Over all layers, on training rows: decades of NC1 by the projections and by the feature maps. */
  readonly drop: CollapseDrop;
  /** Of the fit alone. */
  readonly seconds: number;
  readonly report?: string;
}

export interface SummaryInput {
  readonly data: CollapseData;
  readonly settings: CollapseSettings;
  readonly backend: Backend;
  readonly model: DeepRFM<Label>;
  readonly seconds: number;
  readonly report: string | undefined;
}

export function collapseSummary(input: SummaryInput): CollapseSummary {
  const { data, settings, backend, model, seconds, report } = input;
  const { kernel, featureMap } = settings;
  const layers = model.layers.map(({ layer, width, train, heldOut }): SummaryLayer => {
    if (heldOut === null) throw new TypeError('the fit had held-out rows');
    return {
      layer,
      width,
      ...layerNumbers(train),
      accuracy: heldOut.accuracy,
      trainAccuracy: train.accuracy,
      heldOut: layerNumbers(heldOut),
    };
  });
  return {
    data: data.name,
    trainingRows: data.training.y.length,
    heldOutRows: data.held.y.length,
    features: data.training.x.shape[1] as number,
    classes: model.classes,
    depth: model.depth,
    kernel: { name: kernel.name, parameters: kernel.parameters },
    map: { name: featureMap.name, parameters: featureMap.parameters },
    ridge: settings.ridge,
    iterations: settings.iterations,
    coding: settings.labelCoding,
    seed: settings.seed,
    backend: backend.name,
    device: backend.device.description,
    dtype: chooseDType(backend, settings.dtype, 'float64'),
    input: { accuracy: model.input.heldOut ?? Number.NaN, trainAccuracy: model.input.train },
    layers,
    drop: totalDrop(layers.flatMap(({ drop }) => (drop === null ? [] : [drop]))),
    seconds,
    ...(report !== undefined && { report }),
  };
}

function layerNumbers({ input, projected, features, nc4, drop }: LayerMeasures): LayerNumbers {
  const each = (of: (metrics: LayerMeasures['input']) => number): StageNumbers => ({
    input: of(input),
    projected: of(projected),
    features: of(features),
  });
  return {
    nc1: each(({ nc1 }) => nc1.ratio),
    nc1Scattering: each(({ nc1 }) => nc1.scattering),
    nc2: each(({ nc2 }) => nc2.distance),
    nc2Equinorm: each(({ nc2 }) => nc2.equinorm),
    nc2Equiangle: each(({ nc2 }) => nc2.equiangle),
    nc4,
    drop,
  };
}
