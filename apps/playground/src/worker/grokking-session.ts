import { resolve } from '@agop/core/options';
import {
  type Course,
  type GrokkingRunResult,
  grokkingOptions,
  metricPicture,
  runGrokkingExperiment,
} from '@agop/experiments/grokking';
import type { OpenEngine } from './open-backend.ts';

/** What is to be learned. */
export interface GrokkingRequest {
  /** `+`, `-`, `*` or `/`. */
  readonly operation: string;
  readonly p: number;
  /** Share of the table that trains. */
  readonly fraction: number;
  readonly iterations: number;
  readonly seed: number;
}

/** An iteration to be shown. Plain data. */
export interface GrokkingFrame {
  readonly operations: Course['operations'];
  readonly measures: Course['iterations'][number];
  /** Iterations that there will be, the first fit included. */
  readonly planned: number;
  readonly secondsLeft: number;
  /** The metric without what outweighs the rest, row-major [order, order]. */
  readonly picture: Float32Array;
  readonly order: number;
}

/** Runs of modular arithmetic. */
export class GrokkingSession {
  readonly #engine: OpenEngine;

  constructor(engine: OpenEngine) {
    this.#engine = engine;
  }

  async run(
    { operation, p, fraction, iterations, seed }: GrokkingRequest,
    { signal, onFrame }: { signal?: AbortSignal; onFrame?: (frame: GrokkingFrame) => void } = {},
  ): Promise<GrokkingRunResult> {
    const settings = resolve(grokkingOptions, { op: [operation], p, fraction, iterations, seed });
    return runGrokkingExperiment(settings, {
      backend: this.#engine.backend,
      ...(signal && { signal }),
      onEvent: ({ last, metric, operations, planned, secondsLeft }) => {
        const { data, height } = metricPicture(metric, p);
        onFrame?.({
          operations,
          measures: last,
          planned,
          secondsLeft,
          picture: Float32Array.from(data),
          order: height,
        });
      },
    });
  }

  dispose(): void {}
}
