import { type Scope, type Tensor, ValueError } from '@agop/core';
import { better, type FitWarning } from '@agop/estimators';
import { isNumericalFailure, mayWiden } from '@agop/rfm';
import type { ComputeOptions } from '../compute/budget.ts';
import type { FittedLayer } from '../deep/feature-layer.ts';
import { convRecursiveFeatureMachine } from '../loop/conv-rfm.ts';
import type { ConvStep, RidgeMachine } from '../loop/step.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import type { ConvEvents, ConvProgressEvent, ConvRecord, ConvScores, TransformSnapshot } from './events.ts';
import { type FittedConv, fittedConv } from './fitted.ts';
import type { LayerPlan } from './layer-plans.ts';
import type { ConvSettings } from './options.ts';
import type { WorkMeter } from './work-meter.ts';

/** Options of a fit besides its data. */
export type ConvFitEvents = ConvEvents & { readonly signal?: AbortSignal | undefined };

/** Images as the present layer sees them, on the backend, with their score function. */
export interface ScoredImages {
  readonly x: Tensor;
  readonly score: (outputs: ArrayLike<number>) => ConvScores;
}

/** Images that every fit is scored on. */
export interface EvaluationSets {
  readonly held: ScoredImages | undefined;
  readonly test: ScoredImages | undefined;
}

/** The best fit so far and the records of all. */
export class TrainingRun {
  readonly #settings: ConvSettings;
  readonly #events: ConvFitEvents;
  readonly #meter: WorkMeter;
  readonly #history: ConvRecord[] = [];
  readonly #snapshots: TransformSnapshot[] = [];
  readonly #warnings: FitWarning[];
  #kept: ReturnType<ConvStep['take']> | undefined;
  #best: ConvRecord | undefined;
  #next = { layer: 0, iteration: 0 };

  /** @param warnings those before this run, to which its own are added */
  constructor(settings: ConvSettings, events: ConvFitEvents, meter: WorkMeter, warnings: FitWarning[]) {
    this.#settings = settings;
    this.#events = events;
    this.#meter = meter;
    this.#warnings = warnings;
  }

  /** The fit that comes after those that were made. */
  get next(): Pick<ConvRecord, 'layer' | 'iteration'> {
    return this.#next;
  }

  /** The centers of the kept machine. */
  get centers(): Tensor | undefined {
    return this.#kept?.machine.centers;
  }

  /**
   * Runs the loop on a layer, as far as iterations can be fitted. Gives the transform of its best fit, the
   * caller's, undefined for the identity; and whether there was any fit, so that a further layer may follow.
   */
  async fitLayer(
    layer: number,
    { kernel, geometry }: LayerPlan,
    x: Tensor,
    y: Tensor,
    { held, test }: EvaluationSets,
  ): Promise<{ readonly learned: Tensor | undefined; readonly goesOn: boolean }> {
    const { backend, compute, recursion, keepTransforms } = this.#settings;
    const { onProgress, onIteration, signal } = this.#events;
    const { iterations, ridges: ridge, agopRidge } = recursion;
    let best: ConvRecord | undefined;
    let learned: Tensor | undefined;
    const report = (iteration: number, phase: ConvProgressEvent['phase'], fraction: number) =>
      onProgress?.(this.#meter.report(layer, iteration, phase, fraction));
    this.#next = { layer, iteration: 0 };
    try {
      for await (const step of convRecursiveFeatureMachine({
        ...recursion,
        ...compute,
        ridge,
        signal,
        backend,
        kernel,
        x,
        y,
        onPhase: ({ iteration, phase, fraction }) => void report(iteration, phase, fraction),
      })) {
        const { iteration } = step;
        for (const failed of step.failed) {
          const what = `Ridge ${failed.ridge} is left out in iteration ${iteration}`;
          this.warn('ridge-left-out', `${what}: ${failed.error.message}`);
        }
        const scoresOf = (set: ScoredImages | undefined, phase: 'validation' | 'test') =>
          scoreStep(step, set, {
            ...compute,
            signal,
            onProgress: (fraction) => void report(iteration, phase, fraction),
          });
        const scores = await scoresOf(held, 'validation');
        const testScores = await scoresOf(test, 'test');
        const records = step.machines.map(
          (machine, index): ConvRecord => ({
            layer,
            iteration,
            ridge: machine.ridge,
            scores: scores?.[index],
            test: testScores?.[index],
          }),
        );
        this.#history.push(...records);
        const snapshot = keepTransforms ? await snapshotOf(step, layer, geometry) : undefined;
        if (snapshot) this.#snapshots.push(snapshot);
        const winner = records.reduce((first, record) => (beats(record, first) ? record : first));
        const { machine } = step.machines[records.indexOf(winner)] as RidgeMachine;
        if (agopRidge === 'best') step.choose(machine);
        if (!held || beats(winner, best)) {
          best = winner;
          learned?.dispose();
          learned = step.transform && backend.clone(step.transform);
        }
        this.#keep(step, machine, winner);
        this.#next = { layer, iteration: iteration + 1 };
        const times = this.#meter.times();
        onIteration?.({
          layer,
          iteration,
          iterations,
          records,
          best: this.#best ?? winner,
          snapshot,
          ...times,
        });
      }
      this.#meter.finishPhase();
      return { learned, goesOn: true };
    } catch (error) {
      try {
        this.#endEarly(error);
      } catch (further) {
        learned?.dispose();
        throw further;
      }
      return { learned, goesOn: this.#next.iteration > 0 };
    }
  }

  /** Lets the fit end with the iterations that were good; throws what is no reason for that. */
  #endEarly(error: unknown): void {
    const { backend, dtype } = this.#settings;
    if (!this.#kept || !isNumericalFailure(error) || mayWiden(error, backend, dtype)) throw error;
    this.#meter.finishPhase();
    const before = `${inWords(this.#next)} could not be fitted, and the fit ended before it.`;
    this.warn('ended-early', `${before} ${error.message}`);
  }

  /** Says that the fit goes on otherwise than asked. */
  warn(code: FitWarning['code'], message: string): void {
    const warning = { code, message, iteration: this.#next.iteration };
    this.#warnings.push(warning);
    this.#events.onWarning?.(warning);
  }

  /** The trained machine; the scope gives up what it needs. */
  finish(
    scope: Scope,
    { images, origin }: Pick<FittedConv, 'images' | 'origin'>,
    layers: readonly FittedLayer[],
  ): FittedConv {
    const [kept, best] = [this.#kept, this.#best];
    if (!kept || !best) throw new ValueError('No fit could be kept.');
    const { backend, kernel, dtype, compute } = this.#settings;
    return fittedConv(scope, {
      machine: kept.machine,
      images,
      origin,
      layers: layers.slice(0, best.layer),
      best,
      history: this.#history,
      snapshots: this.#snapshots,
      warnings: this.#warnings,
      options: { backend, kernel, dtype, ...compute },
    });
  }

  release(): void {
    this.#kept?.machine.dispose();
    this.#kept?.transform?.dispose();
    this.#kept = undefined;
  }

  #keep(step: ConvStep, machine: ConvMachine, winner: ConvRecord): void {
    if (winner.scores && !beats(winner, this.#best)) return;
    this.release();
    this.#best = winner;
    this.#kept = step.take(machine);
  }
}

/** Scores of all ridges from one pass over the images. */
async function scoreStep(
  { machines, machine: { backend, kernel, transform, centers } }: ConvStep,
  set: ScoredImages | undefined,
  options: ComputeOptions,
): Promise<ConvScores[] | undefined> {
  if (!set) return undefined;
  const all = machines.map(({ machine }) => machine.coefficients);
  const coefficients = backend.concat(all, 1);
  using together = new ConvMachine({ backend, kernel, transform, centers, coefficients });
  using predictions = await together.predict(set.x, options);
  const data = await predictions.read();
  const columns = coefficients.shape[1] as number;
  const outputs = columns / machines.length;
  return machines.map((_, index) => {
    const own = new Float64Array(data.length / machines.length);
    for (let at = 0; at < own.length; at++) {
      own[at] = data[Math.floor(at / outputs) * columns + index * outputs + (at % outputs)] as number;
    }
    return set.score(own);
  });
}

async function snapshotOf(
  { iteration, transform }: ConvStep,
  layer: number,
  { patchSize, channels, patchLength: d }: LayerPlan['geometry'],
): Promise<TransformSnapshot> {
  const data = transform
    ? Float64Array.from(await transform.read())
    : Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));
  return { layer, iteration, patchSize, channels, transform: data };
}

/** Whether a record beats the best one: higher accuracy, then lower mean squared error. */
function beats({ scores }: ConvRecord, best: ConvRecord | undefined): boolean {
  return better(scores, best && (best.scores ?? {}), ['accuracy', 'mse']);
}

/** A fit as the subject of a sentence. */
export function inWords({ layer, iteration }: Pick<ConvRecord, 'layer' | 'iteration'>): string {
  return layer === 0 ? `Iteration ${iteration}` : `Iteration ${iteration} on feature layer ${layer}`;
}
