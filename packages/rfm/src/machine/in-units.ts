import { multiply, Scope } from '@agop/core';
import { KernelMachine } from './kernel-machine.ts';

/** A machine whose outputs are in other units, or one of its outputs, up to one factor. */
export interface MachineInUnits {
  /** Owns its coefficients; the centers and the metric stay those of the machine it was made from. */
  readonly machine: KernelMachine;
  /** The outputs in the units asked for are those of the machine times this. */
  readonly factor: number;
}

/**
 * The machine with each output times its unit. The factor that all have in common stays out of the dtype of
 * the machine, whose range need not hold it.
 *
 * @param units [outputs], positive
 * @param output the one output to take; default all
 */
export function inUnits(machine: KernelMachine, units: Float64Array, output?: number): MachineInUnits {
  const { backend, coefficients } = machine;
  const { dtype, shape } = coefficients;
  using scope = new Scope(backend);
  const { ops } = scope;
  const chosen = Float64Array.from(units, (unit, at) => (output === undefined || at === output ? unit : 0));
  const factor = chosen.reduce((a, b) => Math.max(a, b), 0);
  const [m, c] = shape as [number, number];
  const scaled =
    output === undefined
      ? multiply(
          ops,
          coefficients,
          ops.tensor(
            chosen.map((unit) => unit / factor),
            [1, c],
            dtype === 'float32' ? 'float32' : 'float64',
          ),
        )
      : ops.reshape(ops.rows(ops.transpose(coefficients), output, output + 1), [m, 1]);
  const { kernel, metric, centers } = machine;
  const origin = machine.origin && backend.clone(machine.origin);
  return {
    machine: new KernelMachine({
      backend,
      kernel,
      metric,
      centers,
      coefficients: scope.keep(scaled),
      origin,
    }),
    factor,
  };
}
