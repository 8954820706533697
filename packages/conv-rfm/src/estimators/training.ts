import { Scope, subkey, type Tensor, ValueError } from '@agop/core';
import { better, type FitJob, meanSquaredNorm, type Samples, type TargetCoding } from '@agop/estimators';
import type { ComputeOptions } from '../compute/budget.ts';
import { drawFilters, type FittedLayer, featureLayer } from '../deep/feature-layer.ts';
import { type HostImages, uploadImages } from '../images/image-input.ts';
import { convRecursiveFeatureMachine } from '../loop/conv-rfm.ts';
import type { ConvStep, RidgeMachine } from '../loop/step.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import type { ConvEvents, ConvProgressEvent, ConvRecord, ConvScores, TransformSnapshot } from './events.ts';
import { type FittedConv, fittedConv } from './fitted.ts';
import { checkMemory, type LayerPlan, layerPlans } from './layer-plans.ts';
import type { ConvSettings } from './options.ts';
import { WorkMeter } from './work-meter.ts';

/** Options of a fit besides its data. */
export type ConvFitEvents = ConvEvents & { readonly signal?: AbortSignal | undefined };

/** Images as the present layer sees them, on the backend, with their score function. */
interface ScoredImages {
  readonly x: Tensor;
  readonly score: (outputs: ArrayLike<number>) => ConvScores;
}

/** Images that every fit is scored on. */
interface EvaluationSets {
  readonly held: ScoredImages | undefined;
  readonly test: ScoredImages | undefined;
}

/** Runs the loop on each layer and keeps the best fit on validation data, or the last one. */
export async function trainConv(
  job: FitJob<HostImages>,
  settings: ConvSettings,
  events: ConvFitEvents,
): Promise<FittedConv> {
  const { backend, dtype, deep, seed } = settings;
  const { coding, training } = job;
  const [held, test] = [job.held?.x.rows ?? 0, job.test?.x.rows ?? 0];
  const n = training.x.rows;
  const plans = layerPlans(settings, training.x);
  checkMemory(settings, plans, { training: n, scored: held + test });
  const meter = new WorkMeter(settings, plans, { images: n, held, test, outputs: coding.outputs });
  const run = new TrainingRun(settings, events, meter);
  using scope = new Scope(backend);
  const { ops } = scope;
  try {
    const images = scope.own(uploadImages(backend, training.x, dtype));
    const y = ops.tensor(coding.targets(training.y), [n, coding.outputs], dtype);
    const scored = (samples: Samples<HostImages> | undefined): ScoredImages | undefined =>
      samples && { x: scope.own(uploadImages(backend, samples.x, dtype)), score: scoreOf(coding, samples.y) };
    let sets: EvaluationSets = { held: scored(job.held), test: scored(job.test) };
    let x = images;
    const layers: FittedLayer[] = [];
    for (const [layer, plan] of plans.entries()) {
      const learned = await run.fitLayer(layer, plan, x, y, sets);
      if (learned) scope.own(learned);
      if (layer === deep.layers) break;
      const { patchLength } = plan.geometry;
      const key = subkey(seed, 'patch-filters', layer);
      const filters = drawFilters(ops, learned, { count: deep.width, patchLength, key, dtype });
      const { patchSize, padding } = plan.kernel;
      const fitted = { filters, patchSize, padding, activation: deep.activation };
      layers.push(fitted);
      const below = x;
      x = featureLayer(ops, below, filters, fitted);
      if (below !== images && below !== run.centers) below.dispose();
      const above = (set: ScoredImages | undefined): ScoredImages | undefined => {
        if (!set) return undefined;
        const features = featureLayer(ops, set.x, filters, fitted);
        set.x.dispose();
        return { ...set, x: features };
      };
      sets = { held: above(sets.held), test: above(sets.test) };
    }
    return run.finish(scope, images, layers);
  } catch (error) {
    run.release();
    throw error;
  }
}

function scoreOf(coding: TargetCoding, y: Samples<HostImages>['y']): ScoredImages['score'] {
  const targets = coding.targets(y);
  return (outputs) => ({
    accuracy: coding.classes && coding.score('accuracy', outputs, y),
    mse: meanSquaredNorm(outputs, targets, coding.outputs),
  });
}

/** The best fit so far and the records of all. */
class TrainingRun {
  readonly #settings: ConvSettings;
  readonly #events: ConvFitEvents;
  readonly #meter: WorkMeter;
  readonly #history: ConvRecord[] = [];
  readonly #snapshots: TransformSnapshot[] = [];
  #kept: ReturnType<ConvStep['take']> | undefined;
  #best: ConvRecord | undefined;

  constructor(settings: ConvSettings, events: ConvFitEvents, meter: WorkMeter) {
    this.#settings = settings;
    this.#events = events;
    this.#meter = meter;
  }

  /** The centers of the kept machine. */
  get centers(): Tensor | undefined {
    return this.#kept?.machine.centers;
  }

  /** Runs the loop on a layer. Gives the transform of its best fit, the caller's; undefined: identity. */
  async fitLayer(
    layer: number,
    { kernel, geometry }: LayerPlan,
    x: Tensor,
    y: Tensor,
    { held, test }: EvaluationSets,
  ): Promise<Tensor | undefined> {
    const { backend, compute, recursion, keepTransforms, warn } = this.#settings;
    const { onProgress, onIteration, signal } = this.#events;
    const { iterations, ridges: ridge, agopRidge } = recursion;
    let best: ConvRecord | undefined;
    let learned: Tensor | undefined;
    const report = (iteration: number, phase: ConvProgressEvent['phase'], fraction: number) =>
      onProgress?.(this.#meter.report(layer, iteration, phase, fraction));
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
          warn(`Ridge ${failed.ridge} is left out in iteration ${iteration}: ${failed.error.message}`);
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
        if (keepTransforms) this.#snapshots.push(await snapshotOf(step, layer, geometry));
        const winner = records.reduce((first, record) => (beats(record, first) ? record : first));
        const { machine } = step.machines[records.indexOf(winner)] as RidgeMachine;
        if (agopRidge === 'best') step.choose(machine);
        if (!held || beats(winner, best)) {
          best = winner;
          learned?.dispose();
          learned = step.transform && backend.clone(step.transform);
        }
        this.#keep(step, machine, winner);
        const times = this.#meter.times();
        onIteration?.({ layer, iteration, iterations, records, best: this.#best ?? winner, ...times });
      }
      this.#meter.finishPhase();
      return learned;
    } catch (error) {
      learned?.dispose();
      throw error;
    }
  }

  /** The trained machine; the scope gives up what it needs. */
  finish(scope: Scope, images: Tensor, layers: readonly FittedLayer[]): FittedConv {
    const [kept, best] = [this.#kept, this.#best];
    if (!kept || !best) throw new ValueError('No fit could be kept.');
    const { backend, kernel, dtype, compute } = this.#settings;
    return fittedConv(scope, {
      machine: kept.machine,
      images,
      layers: layers.slice(0, best.layer),
      best,
      history: this.#history,
      snapshots: this.#snapshots,
      options: { backend, kernel, dtype, ...compute },
    });
  }

  release(): void {
    this.#kept?.machine.dispose();
    this.#kept?.transform?.dispose();
    this.#kept = undefined;
  }

  #keep(step: ConvStep, machine: ConvMachine, winner: ConvRecord): void {
    const { deep, recursion } = this.#settings;
    const isLast = winner.layer === deep.layers && step.iteration === recursion.iterations;
    const wanted = winner.scores ? beats(winner, this.#best) : isLast;
    if (!winner.scores) this.#best = winner;
    if (!wanted) return;
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
