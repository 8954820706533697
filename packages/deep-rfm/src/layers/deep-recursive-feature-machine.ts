import { type Backend, type FloatDType, Scope, type Tensor, throwIfAborted } from '@agop/core';
import { type KernelMachine, matrixPower } from '@agop/rfm';
import { drawContext } from '../feature-maps/feature-map.ts';
import { type FittedRows, fitRows } from './fitted-rows.ts';
import { applyLayer, type DeepLayer, normalizeRows } from './layer.ts';
import { type DeepRecursionOptions, type DeepRecursionSettings, deepRecursionSettings } from './options.ts';

/** What {@link deepRecursiveFeatureMachine} needs. The tensors stay the caller's and must outlive the loop. */
export interface DeepRecursiveFeatureMachineOptions extends DeepRecursionOptions {
  readonly backend: Backend;
  /** Training points [n, d]. */
  readonly x: Tensor;
  /** Targets [n, c]. */
  readonly y: Tensor;
  readonly signal?: AbortSignal;
}

/** What every depth has. Valid until the loop advances: clone what should survive. */
export interface Depth {
  /** The rows at this depth, normalised: the input of the next layer, [n, width]. */
  readonly rows: Tensor;
  /** The kernel machine on these rows. */
  readonly machine: KernelMachine;
}

/** One layer of the loop. Valid until the loop advances: clone what should survive. */
export interface LayerStep extends Depth {
  /** From 1. */
  readonly layer: number;
  /** X, the normalised rows that came in, [n, d]. */
  readonly input: Tensor;
  /** M = AGOP (over its largest entry) of the machine on the input, [d, d]. */
  readonly metric: Tensor;
  /** X M^(1/2), [n, d] */
  readonly projected: Tensor;
  /** Φ(X M^(1/2)), [n, width] */
  readonly features: Tensor;
  /** What it takes to run other rows through this layer. */
  readonly weights: DeepLayer;
}

/** The data before the first layer. */
export interface InputStep extends Depth {
  readonly layer: 0;
}

/** A step of {@link deepRecursiveFeatureMachine}. */
export type DeepRFMStep = InputStep | LayerStep;

/** Whether a step is that of a layer, not of the input. */
export function isLayerStep(step: DeepRFMStep): step is LayerStep {
  return step.layer > 0;
}

/**
 * Deep RFM as a loop that one can watch. In each layer: scale the rows to length 1, fit a kernel machine, take its AGOP as M, and map
 * X ← Φ(X M^(1/2)). Yields once for the input (a kernel machine on the data as it is) and once for each layer, with the kernel machine on
 * what the layer made.
 *
 * Between layers the event loop gets a turn. Leaving the loop early frees everything.
 *
 * Source: Beaglehole, Súkeník, Mondelli, Belkin 2024 (arXiv 2402.13728), algorithm 1.
 *
 * @throws {OptionError} {ShapeError} {DTypeError}
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite: rows that have
 *   collapsed to one point, or equal rows, without ridge
 * @throws {AbortedError} through `signal`
 *
 * @example
 * for await (const step of deepRecursiveFeatureMachine({ backend, x, y, depth: 3 })) {
 *   using outputs = step.machine.predict(step.rows);
 *   console.log(step.layer, await outputs.read());
 * }
 */
export async function* deepRecursiveFeatureMachine(
  options: DeepRecursiveFeatureMachineOptions,
): AsyncGenerator<DeepRFMStep, void, undefined> {
  const settings = deepRecursionSettings(options);
  const { backend, signal } = options;
  const fit = (rows: Tensor, layer: number): Promise<FittedRows> =>
    fitRows(settings, { backend, x: rows, y: options.y, signal }, layer < settings.depth);

  let rows = normalizeRows(backend, options.x, settings.rowNormalization);
  let fitted: FittedRows | undefined;
  try {
    fitted = await fit(rows, 0);
    yield { layer: 0, rows, machine: fitted.machine };
    for (let layer = 1; layer <= settings.depth; layer++) {
      throwIfAborted(signal, 'The fit');
      using scope = new Scope(backend);
      const metric = fitted.nextMetric as Tensor;
      const weights = await makeLayer(scope, settings, metric, layer);
      const { projected, features } = applyLayer(scope.ops, settings.featureMap, weights, rows);
      scope.own(features); // also where the user's map went past the scope
      const following = scope.own(normalizeRows(backend, features, settings.rowNormalization));
      const next = await fit(following, layer);
      const input = scope.own(rows);
      const previous = fitted;
      rows = scope.keep(following);
      fitted = next;
      try {
        yield { layer, input, metric, projected, features, weights, rows, machine: next.machine };
      } finally {
        previous.dispose();
      }
    }
  } finally {
    fitted?.dispose();
    rows.dispose();
  }
}

async function makeLayer(
  scope: Scope,
  { power, featureMap, seed }: DeepRecursionSettings,
  metric: Tensor,
  layer: number,
): Promise<DeepLayer> {
  const projection = await matrixPower(scope.ops, metric, power);
  const dtype: FloatDType = metric.dtype === 'float64' ? 'float64' : 'float32';
  const features = metric.shape[0] as number;
  const drawn = featureMap.draw?.(drawContext({ backend: scope.ops, features, layer, dtype }, seed)) ?? {};
  for (const tensor of Object.values(drawn)) scope.own(tensor);
  return { projection, drawn };
}
