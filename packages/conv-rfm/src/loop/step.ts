import { OptionError, type Tensor } from '@agop/core';
import type { FailedRidge, FeatureLearningStep } from '@agop/rfm';
import type { ConvMachine } from '../machine/conv-machine.ts';

/** The machine of one ridge. */
export interface RidgeMachine {
  readonly ridge: number;
  readonly machine: ConvMachine;
}

/** What a fit gives. */
type ConvFit = Pick<ConvStep, 'iteration' | 'machines' | 'failed' | 'kernelScale' | 'transform'>;

/** One fit of the loop. Valid until the loop advances, except for what was taken. */
export class ConvStep {
  /** 0 for the fit with the fixed kernel. */
  readonly iteration: number;
  /** One machine per ridge that could be solved, in the order of the option. */
  readonly machines: readonly RidgeMachine[];
  /** Ridges for which the kernel matrix was not numerically positive definite. */
  readonly failed: readonly FailedRidge[];
  /** Largest entry of the kernel matrix, which ridges are relative to. */
  readonly kernelScale: number;
  /** The transform of patches in this fit; undefined for the identity. */
  readonly transform: Tensor | undefined;
  readonly #taken = new Set<ConvMachine>();
  #chosen: ConvMachine;
  #isSettled = false;
  #step: FeatureLearningStep<ConvStep, Tensor | undefined> | undefined;

  constructor({ iteration, machines, failed, kernelScale, transform }: ConvFit) {
    this.iteration = iteration;
    this.machines = machines;
    this.failed = failed;
    this.kernelScale = kernelScale;
    this.transform = transform;
    this.#chosen = (machines.at(-1) as RidgeMachine).machine;
  }

  /** The chosen machine; unless chosen, that of the last ridge. */
  get machine(): ConvMachine {
    return this.#chosen;
  }

  /**
   * Says whose AGOP leads on.
   *
   * @throws {OptionError} after the AGOP was computed, or for a foreign machine
   */
  choose(machine: ConvMachine): void {
    if (this.#isSettled || !this.machines.some((each) => each.machine === machine)) {
      throw new OptionError('machine', 'Choose among the machines of the step, before its AGOP is computed.');
    }
    this.#chosen = machine;
  }

  /** The AGOP over patches of the chosen machine, [d, d]: computed once, owned by the loop. */
  agop(): Promise<Tensor> {
    return this.#ofLoop().agop();
  }

  /** The transform of the next fit, [d, d]: computed once, owned by the loop. */
  nextTransform(): Promise<Tensor> {
    return this.#ofLoop().nextMetric() as Promise<Tensor>;
  }

  /** Hands a machine and the transform over to the caller, who frees them: they survive the step. */
  take(machine: ConvMachine = this.#chosen): {
    readonly machine: ConvMachine;
    readonly transform: Tensor | undefined;
  } {
    this.#taken.add(machine);
    return { machine, transform: this.#ofLoop().takeMetric() };
  }

  /** For the loop: the step whose machine this fit is. */
  enter(step: FeatureLearningStep<ConvStep, Tensor | undefined>): this {
    this.#step = step;
    return this;
  }

  /** For the loop: the machine whose AGOP leads on, from now on for good. */
  settle(): ConvMachine {
    this.#isSettled = true;
    return this.#chosen;
  }

  /** For the loop: frees the machines that were not taken. */
  dispose(): void {
    for (const { machine } of this.machines) if (!this.#taken.has(machine)) machine.dispose();
  }

  #ofLoop(): FeatureLearningStep<ConvStep, Tensor | undefined> {
    return this.#step as FeatureLearningStep<ConvStep, Tensor | undefined>;
  }
}
