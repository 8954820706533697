import {
  type Backend,
  checkBackend,
  checkTensor,
  divide,
  floatDType,
  type MapOptions,
  Scope,
  subkey,
  type Tensor,
} from '@agop/core';
import { checkCallback } from '@agop/core/options';
import {
  featureLearning,
  nextMetric,
  type RidgeSolutions,
  resolveMetricUpdate,
  solveForRidges,
  subsetRows,
} from '@agop/rfm';
import { type ComputeOptions, checkComputeOptions } from '../compute/budget.ts';
import { imageKernelMatrix } from '../compute/kernel-matrix.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import { type ConvRecursionOptions, type ResolvedConvRecursion, resolveRecursion } from './options.ts';
import { ConvStep } from './step.ts';

/** Parts of the work of one fit, for progress. */
export type ConvPhase = 'kernel' | 'solve' | 'gradients';

/** How far a fit is. */
export interface ConvPhaseEvent {
  readonly iteration: number;
  readonly phase: ConvPhase;
  /** Finished part of the phase, from 0 to 1. */
  readonly fraction: number;
}

/** What {@link convRecursiveFeatureMachine} needs. The tensors stay the caller's, and outlive the loop. */
export interface ConvRecursiveFeatureMachineOptions
  extends ConvRecursionOptions,
    Omit<ComputeOptions, 'onProgress'> {
  readonly backend: Backend;
  readonly kernel: ImageKernel;
  /** Training images [n, height, width, channels]. */
  readonly x: Tensor;
  /** Targets [n, outputs]. */
  readonly y: Tensor;
  /** Transform of the first fit, which stays the caller's. Default the identity. */
  readonly initialTransform?: Tensor;
  readonly onPhase?: (event: ConvPhaseEvent) => void;
}

/**
 * The convolutional Recursive Feature Machine as a loop that one can watch: fit kernel ridge regression on
 * images, average the outer products of the predictor's gradients over patches (AGOP), multiply every patch
 * by its root in the next fit, repeat. Yields after each fit.
 *
 * Who tries several ridges looks at `step.machines`, and says by `step.choose(machine)` which one the AGOP is
 * taken of; without that it is the last one. Leaving the loop early frees everything that was not taken.
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570), algorithm 1.
 *
 * @throws {OptionError} for an option out of range
 * @throws {ShapeError} for images, targets or a transform that do not fit each other
 * @throws {DTypeError} for images and targets of different dtypes
 * @throws {OutOfMemoryError} before any work, if a kernel matrix cannot fit the memory budget
 * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite for
 *   any ridge
 * @throws {AbortedError} through `signal`
 *
 * @example
 * for await (const step of convRecursiveFeatureMachine({ backend, kernel: convolutionalNtk(), x, y })) {
 *   using predictions = await step.machine.predict(xTest);
 *   console.log(step.iteration, await predictions.read());
 * }
 */
export async function* convRecursiveFeatureMachine(
  options: ConvRecursiveFeatureMachineOptions,
): AsyncGenerator<ConvStep, void, undefined> {
  checkComputeOptions('convRecursiveFeatureMachine()', options);
  const { backend, x, signal } = options;
  checkBackend(backend);
  checkTensor('x', x);
  checkTensor('y', options.y);
  checkCallback('onPhase', options.onPhase);
  const settings = resolveRecursion(options);
  const { iterations, update, agopImages, agopChoice, seed } = settings;
  const loop = featureLearning<ConvStep, Tensor | undefined>({
    iterations,
    signal,
    initialMetric: options.initialTransform,
    fit: (transform, iteration) => fit(options, settings, transform, iteration),
    async agop(step, iteration) {
      const key = subkey(seed, 'agop-subset', iteration);
      using subset =
        agopChoice === 'first' ? firstImages(x, agopImages) : subsetRows(backend, x, agopImages, key);
      return await step.settle().agop(subset ?? x, watched(options, iteration, 'gradients'));
    },
    async next(agop) {
      const form = { power: update === 'root' ? 0.5 : 1, normalization: 'frobenius' } as const;
      const metric = await nextMetric(backend, agop, resolveMetricUpdate(form));
      return metric.kind === 'identity' ? undefined : metric.tensor;
    },
    release: (transform) => transform?.dispose(),
  });
  for await (const step of loop) yield step.machine.enter(step);
}

/** One machine per ridge: all of them from one kernel matrix. */
async function fit(
  options: ConvRecursiveFeatureMachineOptions,
  settings: ResolvedConvRecursion,
  transform: Tensor | undefined,
  iteration: number,
): Promise<ConvStep> {
  const { backend, kernel, x, y } = options;
  const watch = watched(options, iteration, 'kernel');
  const matrix = await imageKernelMatrix(backend, kernel, x, x, { ...watch, transform });
  try {
    options.onPhase?.({ iteration, phase: 'solve', fraction: 0 });
  } catch (error) {
    matrix.dispose();
    throw error;
  }
  const { solved, failed, kernelScale } = await solveRelative(matrix, y, settings);
  try {
    const machines = solved.map(({ ridge, coefficients }) => ({
      ridge,
      machine: new ConvMachine({ backend, kernel, transform, centers: x, coefficients }),
    }));
    return new ConvStep({ iteration, machines, failed, kernelScale, transform });
  } catch (error) {
    for (const { coefficients } of solved) coefficients.dispose();
    throw error;
  }
}

/**
 * Kernel ridge regression with ridges relative to the kernel: (K / max K + λ I) α' = y, and α = α' / max K,
 * so that f = Σ_j α_j k(·, z_j) with the kernel as it is. The published program divides by the largest entry,
 * so that one ridge suits kernels of any depth and patch size.
 *
 * In float64 where the backend has it, whatever the dtype of the matrix: small ridges need it.
 *
 * @param matrix K [n, n], which is freed
 * @param y [n, outputs], dtype of the matrix
 */
async function solveRelative(
  matrix: Tensor,
  y: Tensor,
  { solver, ridges }: ResolvedConvRecursion,
): Promise<RidgeSolutions & { readonly kernelScale: number }> {
  const { backend } = matrix;
  using scope = new Scope(backend);
  const { ops } = scope;
  scope.own(matrix);
  const precise = backend.dtypes.includes('float64') ? 'float64' : 'float32';
  const kernelScale = Number((await ops.max(matrix, 'all').read())[0]);
  const scale = kernelScale > 0 ? kernelScale : 1;
  const divided = (a: Tensor, into: MapOptions): Tensor => {
    const quotient = divide(ops, a, scale, into);
    if (quotient.dtype === precise) return quotient;
    const wide = ops.cast(quotient, precise);
    quotient.dispose();
    return wide;
  };
  const system = { matrix: divided(matrix, { out: matrix }), targets: divided(y, {}) };
  const { solved, failed } = await solveForRidges(backend, solver, system, ridges);
  for (const { coefficients } of solved) scope.own(coefficients);
  const rounded = solved.map(({ ridge, coefficients: wide }) => ({
    ridge,
    coefficients: wide.dtype === y.dtype ? wide : ops.cast(wide, floatDType(y)),
  }));
  for (const { coefficients } of rounded) scope.keep(coefficients);
  return { solved: rounded, failed, kernelScale };
}

/** The first images, the caller's; undefined for all of them. */
function firstImages(x: Tensor, count: number): Tensor | undefined {
  const { backend } = x;
  const [n = 0, ...size] = x.shape;
  if (n <= count) return undefined;
  using flat = backend.reshape(x, [n, x.size / n]);
  return backend.reshape(backend.rows(flat, 0, count), [count, ...size], { consume: true });
}

function watched(
  options: ConvRecursiveFeatureMachineOptions,
  iteration: number,
  phase: ConvPhase,
): ComputeOptions {
  const { onPhase, signal, memoryBudget, tileBytes } = options;
  checkCallback('onPhase', onPhase);
  const onProgress = onPhase && ((fraction: number) => onPhase({ iteration, phase, fraction }));
  return { signal, memoryBudget, tileBytes, onProgress };
}
