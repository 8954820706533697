import { resolve } from '@agop/core/options';
import { readTable } from '@agop/data';
import {
  type CollapseLayer,
  type CollapsePlane,
  type CollapseRunResult,
  collapseOptions,
  collapseTable,
  runCollapseExperiment,
} from '@agop/experiments/collapse';
import type { OpenEngine } from './open-backend.ts';

/** What the network is to be. */
export interface CollapseRequest {
  /** A table of a classification. */
  readonly bytes: ArrayBuffer;
  readonly name: string;
  /** Training rows at most. */
  readonly samples: number;
  readonly depth: number;
  readonly width: number;
  readonly seed: number;
}

/** How a network is told of while it is built. */
export interface CollapseEvents {
  readonly signal?: AbortSignal;
  readonly onPlane?: (plane: CollapsePlane) => void;
  readonly onLayer?: (layer: CollapseLayer, depth: number, secondsLeft: number) => void;
}

/** Networks that are built layer by layer. */
export class CollapseSession {
  readonly #engine: OpenEngine;

  constructor(engine: OpenEngine) {
    this.#engine = engine;
  }

  async run(
    { bytes, name, samples, depth, width, seed }: CollapseRequest,
    { signal, onPlane, onLayer }: CollapseEvents = {},
  ): Promise<CollapseRunResult> {
    const table = await readTable(bytes, { name });
    const settings = resolve(collapseOptions, { data: name, samples, depth, width, seed });
    const data = collapseTable(table, name, settings);
    using run = await runCollapseExperiment(settings, data, {
      backend: this.#engine.backend,
      ...(signal && { signal }),
      ...(onPlane && { onPlane }),
      onEvent: (event) => {
        if ('last' in event) onLayer?.(event.last, event.depth, event.secondsLeft);
      },
    });
    return run.result;
  }

  dispose(): void {}
}
