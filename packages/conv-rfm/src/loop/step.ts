import { OptionError, type Tensor } from '@agop/core';
import type { ConvMachine } from '../machine/conv-machine.ts';
import type { FailedRidge } from '../machine/solve.ts';

/** The machine of one ridge. */
export interface RidgeMachine {
  readonly ridge: number;
  readonly machine: ConvMachine;
}

/** What a step is made of. */
export interface ConvStepParts {
  readonly iteration: number;
  readonly machines: readonly RidgeMachine[];
  readonly failed: readonly FailedRidge[];
  readonly scale: number;
  /** The transform of this fit if the step is to free it. */
  readonly transform: Tensor | undefined;
  agop(machine: ConvMachine): Promise<Tensor>;
  next(agop: Tensor): Promise<Tensor>;
}

/** One fit of a convolutional Recursive Feature Machine. Valid until the loop advances, except for what was taken. */
export class ConvStep {
  /** 0 for the fit with the fixed kernel. */
  readonly iteration: number;
  /** One machine per ridge that could be solved, in the order of the option. */
  readonly machines: readonly RidgeMachine[];
  /** Ridges for which the kernel matrix was not numerically positive definite. */
  readonly failed: readonly FailedRidge[];
  /** Largest entry of the kernel matrix, which ridges are relative to. */
  readonly kernelScale: number;
  readonly #parts: ConvStepParts;
  readonly #taken = new Set<ConvMachine>();
  #chosen: ConvMachine;
  #ownsTransform: boolean;
  #ownsNext = true;
  #agop: Promise<Tensor> | undefined;
  #next: Promise<Tensor> | undefined;

  constructor(parts: ConvStepParts) {
    this.#parts = parts;
    this.iteration = parts.iteration;
    this.machines = parts.machines;
    this.failed = parts.failed;
    this.kernelScale = parts.scale;
    this.#chosen = (parts.machines.at(-1) as RidgeMachine).machine;
    this.#ownsTransform = parts.transform !== undefined;
  }

  /** The chosen machine; unless chosen, that of the last ridge. */
  get machine(): ConvMachine {
    return this.#chosen;
  }

  /** The transform of patches in this fit; undefined for the identity. */
  get transform(): Tensor | undefined {
    return this.#chosen.transform;
  }

  /** Says whose AGOP leads on. @throws {OptionError} after the AGOP was computed, or for a foreign machine */
  choose(machine: ConvMachine): void {
    if (this.#agop || !this.machines.some((each) => each.machine === machine)) {
      throw new OptionError('machine', 'Choose among the machines of the step, before its AGOP is computed.');
    }
    this.#chosen = machine;
  }

  /** The AGOP over patches of the chosen machine, [d, d]: computed once, owned by the loop. */
  agop(): Promise<Tensor> {
    this.#agop ??= this.#parts.agop(this.#chosen);
    return this.#agop;
  }

  /** The transform of the next fit, [d, d]: computed once, owned by the loop. */
  nextTransform(): Promise<Tensor> {
    this.#next ??= this.agop().then((agop) => this.#parts.next(agop));
    return this.#next;
  }

  /** Hands a machine and the transform over to the caller, who frees them: they survive the step. */
  take(machine: ConvMachine = this.#chosen): {
    readonly machine: ConvMachine;
    readonly transform: Tensor | undefined;
  } {
    this.#taken.add(machine);
    this.#ownsTransform = false;
    return { machine, transform: machine.transform };
  }

  /** For the loop: the next transform, which the step then leaves alone. */
  async handOverNext(): Promise<Tensor> {
    const next = await this.nextTransform();
    this.#ownsNext = false;
    return next;
  }

  /** For the loop. */
  async dispose(): Promise<void> {
    // A computation that failed has left nothing to free, and its error has reached whoever asked for it.
    const agop = await this.#agop?.catch(() => undefined);
    agop?.dispose();
    const next = this.#ownsNext ? await this.#next?.catch(() => undefined) : undefined;
    next?.dispose();
    for (const { machine } of this.machines) if (!this.#taken.has(machine)) machine.dispose();
    if (this.#ownsTransform) this.#parts.transform?.dispose();
  }
}
