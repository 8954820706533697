import { gradientStepsPerPair, solveSteps, stepsPerPair } from '../compute/cost.ts';
import type { ImageSize } from '../images/geometry.ts';
import { layerPlans } from './layer-plans.ts';
import type { ConvEstimatorSettings, ConvProgressEvent } from './options.ts';

type Phase = ConvProgressEvent['phase'];

/** What a fit is about to do. */
export interface WorkSizes {
  readonly images: number;
  readonly held: number;
  readonly test: number;
  readonly outputs: number;
  readonly size: ImageSize;
}

/** Knows how much work a fit is, and from what is done how long the rest will take. */
export class WorkMeter {
  readonly #costs: readonly Readonly<Record<Phase, number>>[];
  readonly #iterations: number;
  readonly #started = performance.now();
  readonly #total: number;
  #done = 0;
  #running = { key: '', cost: 0, fraction: 0 };

  constructor(settings: ConvEstimatorSettings, sizes: WorkSizes) {
    this.#iterations = settings.recursion.iterations;
    this.#costs = layerCosts(settings, sizes);
    this.#total = this.#costs.reduce(
      (sum, { gradients, ...each }) =>
        sum +
        (this.#iterations + 1) * (each.kernel + each.solve + each.validation + each.test) +
        this.#iterations * gradients,
      0,
    );
  }

  /** Notes how far a phase is; phases follow each other. */
  report(layer: number, iteration: number, phase: Phase, fraction: number): ConvProgressEvent {
    const cost = this.#costs[layer]?.[phase] ?? 0;
    const key = `${layer} ${iteration} ${phase}`;
    if (key !== this.#running.key) this.finishPhase();
    this.#running = { key, cost, fraction };
    return { layer, iteration, phase, ...this.times() };
  }

  /** The phase at hand is over. */
  finishPhase(): void {
    this.#done += this.#running.cost;
    this.#running = { key: '', cost: 0, fraction: 0 };
  }

  times(): { readonly fraction: number; readonly seconds: number; readonly secondsLeft: number } {
    const done = this.#done + this.#running.cost * this.#running.fraction;
    const fraction = this.#total > 0 ? Math.min(1, done / this.#total) : 1;
    const seconds = (performance.now() - this.#started) / 1000;
    return { fraction, seconds, secondsLeft: fraction > 0 ? (seconds / fraction) * (1 - fraction) : 0 };
  }
}

function layerCosts(
  settings: ConvEstimatorSettings,
  { images: n, held, test, outputs, size }: WorkSizes,
): Readonly<Record<Phase, number>>[] {
  const { recursion } = settings;
  return layerPlans(settings, size).map(({ kernel, geometry }) => {
    const perPair = stepsPerPair(geometry, kernel.pooling);
    const gradient = gradientStepsPerPair(geometry, kernel.pooling, outputs);
    return {
      kernel: ((n * (n + 1)) / 2) * perPair,
      solve: solveSteps(n) * recursion.ridges.length,
      validation: held * n * perPair,
      test: test * n * perPair,
      gradients: Math.min(n, recursion.agopImages) * n * gradient,
    };
  });
}
