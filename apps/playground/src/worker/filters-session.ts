import { attentionPictures } from '@agop/conv-rfm';
import { resolve } from '@agop/core/options';
import {
  type FiltersRunResult,
  filtersOf,
  filtersOptions,
  type Photograph,
  photographData,
  type RoundFilters,
  runFiltersExperiment,
} from '@agop/experiments/filters';
import type { OpenEngine } from './open-backend.ts';

/** What is to be learned. */
export interface FiltersRequest {
  readonly photographs: readonly Photograph[];
  /** Pieces of each photograph that train. */
  readonly pieces: number;
  readonly patchSize: number;
  readonly iterations: number;
  readonly seed: number;
}

/** What was found up to a round. Plain data. */
export interface FiltersFrame {
  readonly filters: RoundFilters;
  /** On pieces of the other part of the photographs. */
  readonly accuracy: number | undefined;
  /** How many pieces that were. */
  readonly tested: number;
}

/** A photograph, and how strongly each place of it reaches the kernel. Plain data. */
export interface Attention {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly image: Float32Array;
  readonly strength: Float32Array;
}

/** What a run has come to. Plain data. */
export interface FiltersOutcome {
  readonly result: FiltersRunResult;
  readonly attention: readonly Attention[];
}

/** Height and width of the pieces. */
const pieceSize = 16;
/** Of the kernel of patches. */
const patchBandwidth = 5;
const ridge = 1e-2;
/** Photographs are looked at in this width. */
const shownWidth = 192;

/** Runs that learn filters of photographs. */
export class FiltersSession {
  readonly #engine: OpenEngine;

  constructor(engine: OpenEngine) {
    this.#engine = engine;
  }

  async run(
    { photographs, pieces, patchSize, iterations, seed }: FiltersRequest,
    {
      signal,
      onProgress,
      onFrame,
    }: {
      signal?: AbortSignal;
      onProgress?: (fraction: number, phase: string) => void;
      onFrame?: (frame: FiltersFrame) => void;
    } = {},
  ): Promise<FiltersOutcome> {
    const { backend } = this.#engine;
    const data = photographData(photographs, { size: pieceSize, training: pieces, test: pieces, seed });
    const settings = resolve(filtersOptions, {
      validation: 'none',
      kernel: 'laplace',
      bandwidth: patchBandwidth,
      ridge: [ridge],
      patchSize,
      iterations,
      seed,
      agopImages: 2 * pieces,
    });
    const frames: Promise<void>[] = [];
    using run = await runFiltersExperiment(settings, async () => data, {
      backend,
      ...(signal && { signal }),
      onEvent: (event) => {
        if (event.kind === 'progress') onProgress?.(event.fraction, event.phase);
        if (event.kind !== 'round' || !event.snapshot) return;
        const { snapshot, accuracy } = event;
        frames.push(
          filtersOf(backend, [snapshot]).then(([filters]) => {
            if (filters) onFrame?.({ filters, accuracy, tested: photographs.length * pieces });
          }),
        );
      },
    });
    await Promise.all(frames);
    const last = run.model.snapshots.at(-1);
    return {
      result: run.result,
      attention: last ? photographs.map((photograph) => look(last, photograph)) : [],
    };
  }

  dispose(): void {}
}

/** A photograph through the last metric, in a smaller size. */
function look(snapshot: Parameters<typeof attentionPictures>[0], photograph: Photograph): Attention {
  const { name, data, height, width } = smaller(photograph);
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const centered = data.map((value) => value - mean);
  const { strength } = attentionPictures(snapshot, { data: centered, height, width, channels: 1 });
  return { name, height, width, image: data, strength: Float32Array.from(strength.data) };
}

/** Means over squares of pixels. */
function smaller({ name, data, height, width }: Photograph): Photograph & { readonly data: Float32Array } {
  const step = Math.max(1, Math.round(width / shownWidth));
  const [rows, columns] = [Math.floor(height / step), Math.floor(width / step)];
  const means = new Float32Array(rows * columns);
  for (let at = 0; at < means.length; at++) {
    const [y, x] = [step * Math.floor(at / columns), step * (at % columns)];
    let sum = 0;
    for (let i = 0; i < step * step; i++) {
      sum += data[(y + Math.floor(i / step)) * width + x + (i % step)] as number;
    }
    means[at] = sum / step ** 2;
  }
  return { name, data: means, height: rows, width: columns };
}
