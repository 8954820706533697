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

/** Work of one kind of phase: all of it, what is done, and what that has taken. */
interface Work {
  total: number;
  done: number;
  seconds: number;
}

/**
 * Knows how much work a fit is, and from what is done how long the rest will take: kinds of phases have
 * speeds of their own, which are measured; one that has not run yet is taken to be as fast as the others.
 */
export class WorkMeter {
  readonly #costs: readonly PhaseCosts[];
  readonly #work: Readonly<Record<Phase, Work>>;
  readonly #started = performance.now();
  #looked = this.#started;
  #running: { key: string; phase: Phase | undefined; left: number } = { key: '', phase: undefined, left: 0 };

  constructor({ recursion }: ConvSettings, plans: readonly LayerPlan[], sizes: WorkSizes) {
    const { iterations } = recursion;
    this.#costs = plans.map((plan) => phaseCosts(plan, recursion, sizes));
    const work = (phase: Phase): Work => {
      const times = phase === 'gradients' ? iterations : iterations + 1;
      const total = times * this.#costs.reduce((sum, costs) => sum + costs[phase], 0);
      return { total, done: 0, seconds: 0 };
    };
    this.#work = {
      kernel: work('kernel'),
      solve: work('solve'),
      validation: work('validation'),
      test: work('test'),
      gradients: work('gradients'),
    };
  }

  /** Notes how far a phase is; phases follow each other. */
  report(layer: number, iteration: number, phase: Phase, fraction: number): ConvProgressEvent {
    const cost = this.#costs[layer]?.[phase] ?? 0;
    const key = `${layer} ${iteration} ${phase}`;
    if (key !== this.#running.key) {
      this.finishPhase();
      this.#running = { key, phase, left: cost };
    }
    this.#advance(cost * (1 - fraction));
    return { layer, iteration, phase, ...this.times() };
  }

  /** The phase at hand is over. */
  finishPhase(): void {
    this.#advance(0);
    this.#running = { key: '', phase: undefined, left: 0 };
  }

  times(): { readonly fraction: number; readonly seconds: number; readonly secondsLeft: number } {
    const all = Object.values(this.#work);
    const sum = (of: (work: Work) => number): number => all.reduce((found, work) => found + of(work), 0);
    const [done, total, measured] = [sum((w) => w.done), sum((w) => w.total), sum((w) => w.seconds)];
    const usual = done > 0 ? measured / done : 0;
    return {
      fraction: total > 0 ? Math.min(1, done / total) : 1,
      seconds: (performance.now() - this.#started) / 1000,
      secondsLeft: sum((w) => Math.max(0, w.total - w.done) * (w.done > 0 ? w.seconds / w.done : usual)),
    };
  }

  /** Work of the phase at hand has been done until so much is left, in the time since the last look. */
  #advance(left: number): void {
    const now = performance.now();
    const { phase } = this.#running;
    if (phase !== undefined) {
      const work = this.#work[phase];
      work.done += Math.max(0, this.#running.left - left);
      work.seconds += (now - this.#looked) / 1000;
      this.#running.left = Math.min(this.#running.left, left);
    }
    this.#looked = now;
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
