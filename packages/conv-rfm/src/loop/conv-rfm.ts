import { type Backend, randomPermutation, type Tensor, throwIfAborted } from '@agop/core';
import type { ComputeOptions } from '../compute/budget.ts';
import { imageKernelMatrix } from '../compute/kernel-matrix.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import { type FailedRidge, solveForRidges } from '../machine/solve.ts';
import { type ConvRecursionOptions, type ConvRecursionSettings, recursionSettings } from './options.ts';
import { ConvStep } from './step.ts';
import { nextTransform } from './update.ts';

/** Parts of the work of one fit, for progress. */
export type ConvPhase = 'kernel' | 'solve' | 'gradients';

/** How far a fit is. */
export interface ConvPhaseEvent {
  readonly iteration: number;
  readonly phase: ConvPhase;
  /** Finished part of the phase, from 0 to 1. */
  readonly fraction: number;
}

/** What {@link convRecursiveFeatureMachine} needs. The tensors stay the caller's and must outlive the loop. */
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
 * The convolutional Recursive Feature Machine as a loop that one can watch: fit kernel ridge regression on images, average the outer products of the
 * predictor's gradients over patches (AGOP), multiply every patch by its root in the next fit, repeat. Yields after each fit.
 *
 * Who tries several ridges looks at `step.machines`, and says by `step.choose(machine)` which one the AGOP is taken of; without
 * that it is the last one. Leaving the loop early frees everything that was not taken.
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570), algorithm 1.
 *
 * @throws {OptionError} {ShapeError} {DTypeError} {OutOfMemoryError}
 * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite for any ridge
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
  const settings = recursionSettings(options);
  const { backend, signal } = options;
  let transform = options.initialTransform;
  let ownsTransform = false;
  try {
    for (let iteration = 0; iteration <= settings.iterations; iteration++) {
      const { machines, failed, scale } = await fit(options, settings, transform, iteration);
      const step = new ConvStep({
        iteration,
        machines,
        failed,
        scale,
        transform: ownsTransform ? transform : undefined,
        agop: (machine) => agopOf(options, settings, machine, iteration),
        next: (agop) => nextTransform(backend, agop, settings.update),
      });
      ownsTransform = false; // the step does
      try {
        yield step;
        if (iteration < settings.iterations) {
          throwIfAborted(signal, 'The fit');
          transform = await step.handOverNext();
          ownsTransform = true;
        }
      } finally {
        await step.dispose();
      }
    }
  } finally {
    if (ownsTransform) transform?.dispose();
  }
}

interface Fit {
  readonly machines: readonly { readonly ridge: number; readonly machine: ConvMachine }[];
  readonly failed: readonly FailedRidge[];
  readonly scale: number;
}

async function fit(
  options: ConvRecursiveFeatureMachineOptions,
  { ridges }: ConvRecursionSettings,
  transform: Tensor | undefined,
  iteration: number,
): Promise<Fit> {
  const { backend, kernel, x, y } = options;
  const matrix = await imageKernelMatrix(backend, kernel, x, x, {
    ...watched(options, iteration, 'kernel'),
    ...(transform && { transform }),
  });
  options.onPhase?.({ iteration, phase: 'solve', fraction: 0 });
  const { solved, failed, scale } = await solveForRidges(backend, matrix, y, ridges);
  const machines: { ridge: number; machine: ConvMachine }[] = [];
  try {
    for (const { ridge, coefficients } of solved) {
      machines.push({
        ridge,
        machine: new ConvMachine({ backend, kernel, transform, centers: x, coefficients }),
      });
    }
    return { machines, failed, scale };
  } catch (error) {
    for (const { coefficients } of solved) coefficients.dispose();
    throw error;
  }
}

/** The AGOP at a sample of the training images. */
async function agopOf(
  options: ConvRecursiveFeatureMachineOptions,
  { agopImages, agopChoice, seed }: ConvRecursionSettings,
  machine: ConvMachine,
  iteration: number,
): Promise<Tensor> {
  const { backend, x } = options;
  const [n, ...size] = x.shape as [number, number, number, number];
  const count = Math.min(n, agopImages);
  const chosen =
    agopChoice === 'first'
      ? Int32Array.from({ length: count }, (_, i) => i)
      : randomPermutation(n, { seed, stream: iteration }).slice(0, count).sort();
  using flat = backend.reshape(x, [n, size[0] * size[1] * size[2]]);
  using indices = backend.tensor(chosen, [count], 'int32');
  using rows = backend.gather(flat, indices);
  using images = backend.reshape(rows, [count, ...size], { consume: true });
  return machine.agop(images, watched(options, iteration, 'gradients'));
}

function watched(
  options: ConvRecursiveFeatureMachineOptions,
  iteration: number,
  phase: ConvPhase,
): ComputeOptions {
  const { onPhase, signal, memoryBudget, tileBytes } = options;
  return {
    ...(signal && { signal }),
    ...(memoryBudget !== undefined && { memoryBudget }),
    ...(tileBytes !== undefined && { tileBytes }),
    ...(onPhase && { onProgress: (fraction) => onPhase({ iteration, phase, fraction }) }),
  };
}
