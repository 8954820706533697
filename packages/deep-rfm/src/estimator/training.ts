import { type Backend, Scope, type Tensor } from '@agop/core';
import { type Label, type LabelledRows, oneHot, uploadRows } from '@agop/estimators';
import type { KernelMachine, Metric } from '@agop/rfm';
import {
  deepRecursiveFeatureMachine,
  isLayerStep,
  type LayerStep,
} from '../layers/deep-recursive-feature-machine.ts';
import type { DeepLayer } from '../layers/layer.ts';
import { DeepMachine, type Predictor } from './deep-machine.ts';
import type { DeepRFMSettings, LabelCoding, LayerEvent } from './options.ts';
import type { InputRecord, LayerRecord } from './records.ts';
import { Track } from './track.ts';

/** One fit, on standardised rows. */
export interface DeepTask {
  readonly training: LabelledRows;
  readonly held: LabelledRows | undefined;
  readonly classes: readonly Label[];
  readonly onLayer: ((event: LayerEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What a fit gives. The machine owns its tensors. */
export interface DeepTrained {
  readonly machine: DeepMachine;
  readonly input: InputRecord;
  readonly records: readonly LayerRecord[];
}

/** Runs the loop, measures every layer, and keeps what predictions need. */
export async function trainDeep(settings: DeepRFMSettings, task: DeepTask): Promise<DeepTrained> {
  const { backend, dtype, depth } = settings;
  const { training, held, classes, signal } = task;
  const clock = new Clock();
  using scope = new Scope(backend);
  const x = scope.own(uploadRows(backend, training.x, dtype, 'X'));
  const codes = codeLabels(training.y, classes.length, settings.labelCoding);
  const y = scope.own(backend.tensor(codes, [training.y.length, classes.length], dtype));
  using onTraining = new Track(settings, training.y, classes, 'training rows');
  using onHeld =
    held &&
    new Track(
      settings,
      held.y,
      classes,
      'validation rows',
      uploadRows(backend, held.x, dtype, 'validation X'),
    );

  const layers: DeepLayer[] = [];
  const predictors: Predictor[] = [];
  const centers = new Map<number, Tensor>();
  const machine = new DeepMachine({ ...settings, inputs: scope.keep(x), layers, predictors, centers });
  const records: LayerRecord[] = [];
  let input: InputRecord = { train: Number.NaN, heldOut: null };
  try {
    const loop = deepRecursiveFeatureMachine({ ...settings, x, y, ...(signal && { signal }) });
    for await (const step of loop) {
      predictors.push(copyPredictor(backend, await step.machine()));
      if (settings.keepFeatures || step.layer === depth) centers.set(step.layer, backend.clone(step.rows));
      if (!isLayerStep(step)) {
        input = { train: await onTraining.begin(step), heldOut: (await onHeld?.begin(step)) ?? null };
        clock.lap();
        continue;
      }
      layers.push(copyLayer(backend, step));
      const record: LayerRecord = {
        layer: step.layer,
        width: step.features.shape[1] as number,
        train: await onTraining.advance(step),
        heldOut: (await onHeld?.advance(step)) ?? null,
        seconds: clock.lap(),
      };
      records.push(record);
      const { elapsed } = clock;
      const secondsLeft = (elapsed / (step.layer + 1)) * (depth - step.layer);
      task.onLayer?.({ ...record, depth, elapsed, secondsLeft });
    }
    return { machine, input, records };
  } catch (error) {
    machine.dispose();
    throw error;
  }
}

/** Targets [n, classes] of class indices. */
function codeLabels(y: Int32Array, classes: number, coding: LabelCoding): Float64Array {
  const targets = oneHot(y, classes);
  return coding === 'oneHot' ? targets : targets.map((value) => 2 * value - 1);
}

function copyPredictor(backend: Backend, machine: KernelMachine): Predictor {
  const coefficients = backend.clone(machine.coefficients);
  try {
    return { coefficients, metric: copyMetric(backend, machine.metric) };
  } catch (error) {
    coefficients.dispose();
    throw error;
  }
}

function copyMetric(backend: Backend, metric: Metric): Metric {
  return metric.kind === 'identity' ? metric : { ...metric, tensor: backend.clone(metric.tensor) };
}

function copyLayer(backend: Backend, { weights }: LayerStep): DeepLayer {
  using scope = new Scope(backend);
  const projection = scope.ops.clone(weights.projection);
  const drawn = Object.entries(weights.drawn).map(
    ([name, tensor]) => [name, scope.ops.clone(tensor)] as const,
  );
  for (const [, tensor] of drawn) scope.keep(tensor);
  return { projection: scope.keep(projection), drawn: Object.fromEntries(drawn) };
}

/** Seconds since it was made, and between laps. */
class Clock {
  readonly #started = performance.now();
  #last = this.#started;

  get elapsed(): number {
    return (performance.now() - this.#started) / 1000;
  }

  lap(): number {
    const seconds = (performance.now() - this.#last) / 1000;
    this.#last = performance.now();
    return seconds;
  }
}
