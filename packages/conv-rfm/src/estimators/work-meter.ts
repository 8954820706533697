import { gradientStepsPerPair, solveSteps, stepsPerPair } from '../compute/cost.ts';
import type { ConvProgressEvent } from './events.ts';
import type { LayerPlan } from './layer-plans.ts';
import type { ConvSettings } from './options.ts';

type Phase = ConvProgressEvent['phase'];
type PhaseCosts = Readonly<Record<Phase, number>>;

/** Numbers of images of a fit, and of outputs. */
export interface WorkSizes {
  readonly images: number;
  readonly held: number;
  readonly test: number;
  readonly outputs: number;
}

/** Knows how much work a fit is, and from what is done how long the rest will take. */
export class WorkMeter {
  readonly #costs: readonly PhaseCosts[];
  readonly #started = performance.now();
  readonly #total: number;
  #done = 0;
  #running = { key: '', cost: 0, fraction: 0 };

  constructor({ recursion }: ConvSettings, plans: readonly LayerPlan[], sizes: WorkSizes) {
    const { iterations } = recursion;
    this.#costs = plans.map((plan) => phaseCosts(plan, recursion, sizes));
    this.#total = this.#costs.reduce(
      (sum, { gradients, ...each }) =>
        sum +
        (iterations + 1) * (each.kernel + each.solve + each.validation + each.test) +
        iterations * gradients,
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

function phaseCosts(
  { kernel: { pooling }, geometry }: LayerPlan,
  { ridges, agopImages }: ConvSettings['recursion'],
  { images: n, held, test, outputs }: WorkSizes,
): PhaseCosts {
  const perPair = stepsPerPair(geometry, pooling);
  return {
    kernel: ((n * (n + 1)) / 2) * perPair,
    solve: solveSteps(n) * ridges.length,
    validation: held * n * perPair,
    test: test * n * perPair,
    gradients: Math.min(n, agopImages) * n * gradientStepsPerPair(geometry, pooling, outputs),
  };
}
