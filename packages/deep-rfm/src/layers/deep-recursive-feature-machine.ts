import {
  type Backend,
  checkBackend,
  checkTensor,
  floatDType,
  Scope,
  type Tensor,
  throwIfAborted,
} from '@agop/core';
import { checkObject } from '@agop/core/options';
import { type KernelMachine, Lazy, matrixPower } from '@agop/rfm';
import { drawContext } from '../feature-maps/feature-map.ts';
import { type FittedRows, fitRows } from './fitted-rows.ts';
import { applyLayer, type DeepLayer, normalizeRows } from './layer.ts';
import { type DeepRecursionOptions, type DeepRecursionSettings, deepRecursionSettings } from './options.ts';

/**
 * What {@link deepRecursiveFeatureMachine} needs. The tensors stay the caller's and must outlive the loop.
 */
export interface DeepRecursiveFeatureMachineOptions extends DeepRecursionOptions {
  readonly backend: Backend;
  /** Training points [n, d]. */
  readonly x: Tensor;
  /** Targets [n, c]. */
  readonly y: Tensor;
  readonly signal?: AbortSignal | undefined;
}

/** What every depth has. Valid until the loop advances: clone what should survive. */
export interface Depth {
  /** The rows at this depth, normalised: the input of the next layer, [n, width]. */
  readonly rows: Tensor;
  /**
   * The kernel machine on these rows: fitted once, when it is asked for or the loop goes on to a further
   * layer; owned by the loop.
   */
  machine(): Promise<KernelMachine>;
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
 * Deep RFM as a loop that one can watch. In each layer: scale the rows to length 1, fit a kernel machine,
 * take its AGOP as M, and map X ← Φ(X M^(1/2)). Yields once for the input (the data as they are) and once for
 * each layer, before a kernel machine is fitted to what the layer made: the last one is fitted only if it is
 * asked for.
 *
 * Between layers the event loop gets a turn. Leaving the loop early frees everything.
 *
 * Source: Beaglehole, Súkeník, Mondelli, Belkin 2024 (arXiv 2402.13728), algorithm 1.
 *
 * @throws {OptionError} for an option out of range
 * @throws {ShapeError} for tensors that do not fit each other
 * @throws {DTypeError} for dtypes that do not go together
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite: rows
 *   that have collapsed to one point, or equal rows, without ridge
 * @throws {AbortedError} through `signal`
 *
 * @example
 * for await (const step of deepRecursiveFeatureMachine({ backend, x, y, depth: 3 })) {
 *   const machine = await step.machine();
 *   using outputs = machine.predict(step.rows);
 *   console.log(step.layer, await outputs.read());
 * }
 */
export async function* deepRecursiveFeatureMachine(
  options: DeepRecursiveFeatureMachineOptions,
): AsyncGenerator<DeepRFMStep, void, undefined> {
  const settings = deepRecursionSettings(checkObject('deepRecursiveFeatureMachine()', options));
  const { backend, signal, y } = options;
  checkBackend(backend);
  checkTensor('x', options.x);
  checkTensor('y', y);
  const fitLater = (rows: Tensor): Lazy<FittedRows> =>
    new Lazy(
      () => fitRows(settings, { backend, x: rows, y, signal }),
      (fitted) => fitted.dispose(),
    );

  let rows = normalizeRows(backend, options.x, settings.rowNormalization);
  let fit = fitLater(rows);
  try {
    yield { layer: 0, rows, machine: () => machineOf(fit) };
    for (let layer = 1; layer <= settings.depth; layer++) {
      throwIfAborted(signal, 'The fit');
      using scope = new Scope(backend);
      const metric = await (await fit.get()).nextMetric();
      const weights = await makeLayer(scope, settings, metric, layer);
      const { projected, features } = applyLayer(scope.ops, settings.featureMap, weights, rows);
      scope.own(features); // also where the user's map went past the scope
      const output = scope.own(normalizeRows(backend, features, settings.rowNormalization));
      const next = fitLater(output);
      try {
        const machine = (): Promise<KernelMachine> => machineOf(next);
        yield { layer, input: rows, metric, projected, features, weights, rows: output, machine };
      } finally {
        await fit.dispose();
        rows.dispose();
        rows = scope.keep(output);
        fit = next;
      }
    }
  } finally {
    await fit.dispose();
    rows.dispose();
  }
}

async function machineOf(fit: Lazy<FittedRows>): Promise<KernelMachine> {
  return (await fit.get()).machine;
}

async function makeLayer(
  scope: Scope,
  { power, featureMap, seed }: DeepRecursionSettings,
  metric: Tensor,
  layer: number,
): Promise<DeepLayer> {
  const transform = await matrixPower(scope.ops, metric, power);
  const dtype = floatDType(metric);
  const features = metric.shape[0] as number;
  const drawn = featureMap.draw?.(drawContext({ backend: scope.ops, features, layer, dtype }, seed)) ?? {};
  for (const tensor of Object.values(drawn)) scope.own(tensor);
  return { transform, drawn };
}
