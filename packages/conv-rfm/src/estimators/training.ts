import { Scope, type Tensor, ValueError } from '@agop/core';
import type { ComputeOptions } from '../compute/budget.ts';
import type { HostImages } from '../images/image-input.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { convRecursiveFeatureMachine } from '../loop/conv-rfm.ts';
import type { ConvStep } from '../loop/step.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import { applyLayer, drawLayer, replaceByFeatures, uploadImages } from './feature-layers.ts';
import { checkMemory } from './layer-plans.ts';
import type {
  ConvEstimatorSettings,
  ConvFitOptions,
  ConvProgressEvent,
  ConvRecord,
  ConvScores,
} from './options.ts';
import type { FittedLayer, TrainedConv, TransformSnapshot } from './trained.ts';
import { WorkMeter } from './work-meter.ts';

/** One fit of an estimator. */
export interface ConvTrainingTask
  extends Pick<ConvFitOptions<never, never>, 'onProgress' | 'onIteration' | 'signal'> {
  readonly x: HostImages;
  /** [n, outputs], row-major */
  readonly targets: ArrayLike<number>;
  readonly outputs: number;
  readonly held: ScoredImages | undefined;
  readonly test: ScoredImages | undefined;
}

/** Images with what is right for them. */
export interface ScoredImages {
  readonly x: HostImages;
  /** @param predictions [count, outputs], row-major */
  readonly score: (predictions: ArrayLike<number>) => ConvScores;
}

/** Images that predictions are scored on, on the backend, as the present layer sees them. */
interface Audience {
  readonly held: Tensor | undefined;
  readonly test: Tensor | undefined;
}

/** Runs the loop on each layer and keeps the best fit on validation data, or the last one. */
export async function trainConv(
  settings: ConvEstimatorSettings,
  task: ConvTrainingTask,
): Promise<TrainedConv> {
  const { backend, dtype, deep } = settings;
  const scored = (task.held?.x.count ?? 0) + (task.test?.x.count ?? 0);
  checkMemory(settings, task.x, { training: task.x.count, scored });
  const run = new TrainingRun(settings, task);
  using scope = new Scope(backend);
  try {
    const images = scope.own(uploadImages(backend, task.x, dtype));
    const y = scope.own(backend.tensor(task.targets, [task.x.count, task.outputs], dtype));
    const uploaded = (some: ScoredImages | undefined) =>
      some && scope.own(uploadImages(backend, some.x, dtype));
    let audience: Audience = { held: uploaded(task.held), test: uploaded(task.test) };
    let x = images;
    const layers: FittedLayer[] = [];
    for (let layer = 0; layer <= deep.layers; layer++) {
      const kernel = settings.kernel.withDepth(Math.max(1, settings.kernel.depth - layer));
      const learned = await run.fitLayer(layer, kernel, x, y, audience);
      if (learned) scope.own(learned);
      if (layer === deep.layers) break;
      const fitted = drawLayer(scope, settings, kernel, learned, x, layer);
      layers.push(fitted);
      const before = x;
      x = applyLayer(scope, fitted, x);
      if (before !== images && before !== run.centers) before.dispose();
      const { held, test } = audience;
      audience = {
        held: held && replaceByFeatures(scope, fitted, held),
        test: test && replaceByFeatures(scope, fitted, test),
      };
    }
    return run.finish(scope, images, layers);
  } catch (error) {
    run.release();
    throw error;
  }
}

/** The best fit so far and the records of all. */
class TrainingRun {
  readonly #settings: ConvEstimatorSettings;
  readonly #task: ConvTrainingTask;
  readonly #meter: WorkMeter;
  readonly #history: ConvRecord[] = [];
  readonly #snapshots: TransformSnapshot[] = [];
  #kept: ReturnType<ConvStep['take']> | undefined;
  #best: ConvRecord | undefined;

  constructor(settings: ConvEstimatorSettings, task: ConvTrainingTask) {
    this.#settings = settings;
    this.#task = task;
    const { x, held, test, outputs } = task;
    this.#meter = new WorkMeter(settings, {
      images: x.count,
      held: held?.x.count ?? 0,
      test: test?.x.count ?? 0,
      outputs,
      size: x,
    });
  }

  /** The centers of the kept machine. */
  get centers(): Tensor | undefined {
    return this.#kept?.machine.centers;
  }

  /** Runs the loop on one layer. Gives the transform of its best fit, the caller's; undefined for the identity. */
  async fitLayer(
    layer: number,
    kernel: ImageKernel,
    x: Tensor,
    y: Tensor,
    audience: Audience,
  ): Promise<Tensor | undefined> {
    const { backend, compute, recursion } = this.#settings;
    const { onProgress, signal } = this.#task;
    let best: ConvRecord | undefined;
    let learned: Tensor | undefined;
    const report = (iteration: number, phase: ConvProgressEvent['phase'], fraction: number) =>
      onProgress?.(this.#meter.report(layer, iteration, phase, fraction));
    const loop = convRecursiveFeatureMachine({
      ...recursion,
      ridge: recursion.ridges,
      ...compute,
      ...(signal && { signal }),
      backend,
      kernel,
      x,
      y,
      onPhase: ({ iteration, phase, fraction }) => void report(iteration, phase, fraction),
    });
    try {
      for await (const step of loop) {
        const { iteration } = step;
        for (const { ridge, error } of step.failed) {
          this.#settings.warn(`Ridge ${ridge} is left out in iteration ${iteration}: ${error.message}`);
        }
        const watch = (phase: 'validation' | 'test') => ({
          ...compute,
          ...(signal && { signal }),
          onProgress: (f: number) => void report(iteration, phase, f),
        });
        const scores = await this.#score(step, audience.held, this.#task.held, watch('validation'));
        const test = await this.#score(step, audience.test, this.#task.test, watch('test'));
        const records = step.machines.map(
          ({ ridge }, index): ConvRecord => ({
            layer,
            iteration,
            ridge,
            scores: scores?.[index],
            test: test?.[index],
          }),
        );
        await this.#snapshot(layer, kernel, step, x);
        const winner = this.#winner(records);
        if (recursion.agopRidge === 'best')
          step.choose((step.machines[records.indexOf(winner)] as { machine: ConvMachine }).machine);
        if (!audience.held || better(winner, best)) {
          best = winner;
          learned?.dispose();
          learned = step.transform && backend.clone(step.transform);
        }
        this.#keep(step, records, winner, layer);
        this.#task.onIteration?.({
          layer,
          iteration,
          iterations: recursion.iterations,
          records,
          best: this.#best ?? winner,
          ...this.#meter.times(),
        });
      }
      this.#meter.finishPhase();
      return learned;
    } catch (error) {
      learned?.dispose();
      throw error;
    }
  }

  /** The trained machine; the scope gives up what it needs. */
  finish(scope: Scope, images: Tensor, layers: readonly FittedLayer[]): TrainedConv {
    const [kept, best] = [this.#kept, this.#best];
    if (!kept || !best) throw new ValueError('No fit could be kept.');
    const used = layers.slice(0, best.layer);
    const { machine, transform } = kept;
    const owned = new Set([images, machine.centers, ...used.map(({ filters }) => filters)]);
    for (const tensor of owned) scope.keep(tensor);
    return {
      machine,
      images,
      layers: used,
      best,
      history: this.#history,
      snapshots: this.#snapshots,
      dispose: () => {
        machine.dispose();
        transform?.dispose();
        for (const tensor of owned) tensor.dispose();
      },
    };
  }

  release(): void {
    this.#kept?.machine.dispose();
    this.#kept?.transform?.dispose();
    this.#kept = undefined;
  }

  /** Scores of all ridges from one pass over the images. */
  async #score(
    { machines, transform }: ConvStep,
    x: Tensor | undefined,
    selection: ScoredImages | undefined,
    watch: ComputeOptions,
  ): Promise<ConvScores[] | undefined> {
    if (!x || !selection) return undefined;
    const { backend } = this.#settings;
    const first = (machines[0] as { machine: ConvMachine }).machine;
    using together = new ConvMachine({
      backend,
      kernel: first.kernel,
      transform,
      centers: first.centers,
      coefficients: backend.concat(
        machines.map(({ machine }) => machine.coefficients),
        1,
      ),
    });
    using predictions = await together.predict(x, watch);
    const data = await predictions.read();
    const { outputs } = this.#task;
    return machines.map((_, index) => {
      const own = new Float64Array(selection.x.count * outputs);
      for (let at = 0; at < own.length; at++) {
        const row = Math.floor(at / outputs);
        own[at] = data[(row * machines.length + index) * outputs + (at % outputs)] as number;
      }
      return selection.score(own);
    });
  }

  #winner(records: readonly ConvRecord[]): ConvRecord {
    return records.reduce((best, record) => (better(record, best) ? record : best));
  }

  #keep(step: ConvStep, records: readonly ConvRecord[], winner: ConvRecord, layer: number): void {
    this.#history.push(...records);
    const { deep, recursion } = this.#settings;
    const isLast = layer === deep.layers && step.iteration === recursion.iterations;
    const wanted = winner.scores ? better(winner, this.#best) : isLast;
    if (!winner.scores) this.#best = winner;
    if (!wanted) return;
    this.release();
    this.#best = winner;
    const chosen = step.machines[records.indexOf(winner)] as { machine: ConvMachine };
    this.#kept = step.take(chosen.machine);
  }

  async #snapshot(
    layer: number,
    { patchSize }: ImageKernel,
    { iteration, transform }: ConvStep,
    x: Tensor,
  ): Promise<void> {
    if (!this.#settings.keepTransforms) return;
    const channels = x.shape[3] as number;
    const d = patchSize * patchSize * channels;
    const data = transform
      ? Float64Array.from(await transform.read())
      : Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));
    this.#snapshots.push({ layer, iteration, patchSize, channels, transform: data });
  }
}

/** Whether a record beats the best one: higher accuracy, then lower mean squared error. */
export function better({ scores }: ConvRecord, best: ConvRecord | undefined): boolean {
  if (!best?.scores || !scores) return best === undefined;
  if (scores.accuracy !== undefined && best.scores.accuracy !== undefined) {
    if (scores.accuracy !== best.scores.accuracy) return scores.accuracy > best.scores.accuracy;
  }
  return scores.mse < best.scores.mse;
}
