import { OptionError, type Tensor } from '@agop/core';
import type { FailedRidge, FeatureLearningStep } from '@agop/rfm';
import type { ConvMachine } from '../machine/conv-machine.ts';

/** The machine of one ridge. */
export interface RidgeMachine {
  readonly ridge: number;
  readonly machine: ConvMachine;
}

/** The machines of one fit, one of which is chosen: what the loop takes for its machine. */
export class RidgeMachines {
  readonly machines: readonly RidgeMachine[];
  readonly failed: readonly FailedRidge[];
  readonly scale: number;
  readonly #taken = new Set<ConvMachine>();
  #chosen: ConvMachine;
  #isSettled = false;

  constructor(machines: readonly RidgeMachine[], failed: readonly FailedRidge[], scale: number) {
    this.machines = machines;
    this.failed = failed;
    this.scale = scale;
    this.#chosen = (machines.at(-1) as RidgeMachine).machine;
  }

  get chosen(): ConvMachine {
    return this.#chosen;
  }

  /** The chosen machine, from now on for good. */
  settle(): ConvMachine {
    this.#isSettled = true;
    return this.#chosen;
  }

  choose(machine: ConvMachine): void {
    if (this.#isSettled || !this.machines.some((each) => each.machine === machine)) {
      throw new OptionError('machine', 'Choose among the machines of the step, before its AGOP is computed.');
    }
    this.#chosen = machine;
  }

  take(machine: ConvMachine): ConvMachine {
    this.#taken.add(machine);
    return machine;
  }

  dispose(): void {
    for (const { machine } of this.machines) if (!this.#taken.has(machine)) machine.dispose();
  }
}

/** One fit of the loop. Valid until the loop advances, except for what was taken. */
export class ConvStep {
  readonly #step: FeatureLearningStep<RidgeMachines, Tensor | undefined>;

  /** For the loop. */
  constructor(step: FeatureLearningStep<RidgeMachines, Tensor | undefined>) {
    this.#step = step;
  }

  /** 0 for the fit with the fixed kernel. */
  get iteration(): number {
    return this.#step.iteration;
  }

  /** One machine per ridge that could be solved, in the order of the option. */
  get machines(): readonly RidgeMachine[] {
    return this.#step.machine.machines;
  }

  /** Ridges for which the kernel matrix was not numerically positive definite. */
  get failed(): readonly FailedRidge[] {
    return this.#step.machine.failed;
  }

  /** Largest entry of the kernel matrix, which ridges are relative to. */
  get kernelScale(): number {
    return this.#step.machine.scale;
  }

  /** The chosen machine; unless chosen, that of the last ridge. */
  get machine(): ConvMachine {
    return this.#step.machine.chosen;
  }

  /** The transform of patches in this fit; undefined for the identity. */
  get transform(): Tensor | undefined {
    return this.#step.metric;
  }

  /**
   * Says whose AGOP leads on.
   *
   * @throws {OptionError} after the AGOP was computed, or for a foreign machine
   */
  choose(machine: ConvMachine): void {
    this.#step.machine.choose(machine);
  }

  /** The AGOP over patches of the chosen machine, [d, d]: computed once, owned by the loop. */
  agop(): Promise<Tensor> {
    return this.#step.agop();
  }

  /** The transform of the next fit, [d, d]: computed once, owned by the loop. */
  nextTransform(): Promise<Tensor> {
    return this.#step.nextMetric() as Promise<Tensor>;
  }

  /** Hands a machine and the transform over to the caller, who frees them: they survive the step. */
  take(machine: ConvMachine = this.machine): {
    readonly machine: ConvMachine;
    readonly transform: Tensor | undefined;
  } {
    return { machine: this.#step.machine.take(machine), transform: this.#step.takeMetric() };
  }
}
