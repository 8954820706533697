import { FormatError, OptionError } from '@agop/core';
import { checkGiven, checkPositive, checkRange, checkWhole, positive } from '@agop/core/options';
import type { Kernel, KernelParameters } from './kernel.ts';

/** One parameter of a kernel: what it means, which numbers it takes, and under which name it is kept. */
export type KernelParameter = {
  readonly description: string;
  /** Where the option is left out; without it the option is required. */
  readonly default?: number;
  /** Name in expressions, saved models and flags. Default that of the option. */
  readonly savedAs?: string;
} & (
  | { readonly type: 'positive' }
  | { readonly type: 'whole'; readonly from: number; readonly to: number }
  /** Numbers in (above, atMost]; the upper bound may be a parameter before it, by its option. */
  | { readonly type: 'range'; readonly above: number; readonly atMost: number | string }
);

/** The parameters of a kernel by the names of its options. */
export type KernelParameterTable = Readonly<Record<string, KernelParameter>>;

type Optional<P extends KernelParameterTable> = {
  [K in keyof P]: P[K] extends { readonly default: number } ? K : never;
}[keyof P];

/** The options of a kernel's factory. */
export type KernelOptions<P extends KernelParameterTable> = {
  readonly [K in Exclude<keyof P, Optional<P>>]: number;
} & { readonly [K in Optional<P>]?: number };

/** The values of a kernel's parameters under the names that are saved. */
export type KernelValues<P extends KernelParameterTable> = {
  readonly [K in keyof P as P[K] extends { readonly savedAs: infer N extends string } ? N : K]: number;
};

/** A kind of kernels: makes them from options, and again from what a saved model holds. */
export interface KernelDefinition<P extends KernelParameterTable, K extends Kernel> {
  /** @throws {OptionError} for a parameter out of its range */
  (...options: Record<never, never> extends KernelOptions<P> ? [KernelOptions<P>?] : [KernelOptions<P>]): K;
  /** By which a saved model finds it again. */
  readonly name: string;
  /** The formula, in one line. */
  readonly description: string;
  readonly parameters: P;
  /**
   * The kernel of saved parameters.
   *
   * @throws {FormatError} for a parameter that is missing
   * @throws {OptionError} for one out of its range
   */
  restore(saved: KernelParameters): K;
}

/**
 * Defines a kernel in one place: the result is its factory, and knows its parameters and how to make it again
 * from a saved model.
 *
 * @example
 * const cauchy = defineKernel({
 *   name: 'cauchy',
 *   description: '1 / (1 + ‖x - z‖² / L²)',
 *   parameters: { bandwidth: { type: 'positive', description: 'Length scale L' } },
 *   make: (name, parameters) =>
 *     radialKernel(name, (s, { bandwidth }) => s.div(bandwidth.pow(2)).add(1).reciprocal(), parameters),
 * });
 * const kernel = cauchy({ bandwidth: 3 });
 */
export function defineKernel<const P extends KernelParameterTable, K extends Kernel>(definition: {
  readonly name: string;
  readonly description: string;
  readonly parameters: P;
  /** The kernel of checked values. */
  make(name: string, values: KernelValues<P>): K;
}): KernelDefinition<P, K> {
  const { name, description, parameters } = definition;
  const fromOptions = (options: Readonly<Record<string, number | undefined>>): K => {
    const known = Object.keys(parameters).map((option) => [option, true]);
    checkGiven(`${name}()`, options, Object.fromEntries(known));
    const values: Record<string, number> = {};
    const settled: Record<string, number> = {};
    for (const [option, parameter] of Object.entries(parameters)) {
      const value = options[option] ?? parameter.default;
      if (value === undefined) {
        throw new OptionError(option, { requirement: parameter.type === 'positive' ? positive : 'be given' });
      }
      settled[option] = checked(option, value, parameter, settled);
      values[parameter.savedAs ?? option] = value;
    }
    return definition.make(name, values as KernelValues<P>);
  };
  const factory = (options: Readonly<Record<string, number>> = {}): K => fromOptions(options);
  Object.defineProperty(factory, 'name', { value: name });
  return Object.assign(factory, {
    description,
    parameters,
    restore(saved: KernelParameters): K {
      const options = Object.entries(parameters).map(([option, { savedAs = option }]) => {
        const value = saved[savedAs];
        if (typeof value === 'number') return [option, value] as const;
        throw new FormatError(`A saved kernel lacks its parameter '${savedAs}'.`);
      });
      return fromOptions(Object.fromEntries(options));
    },
  });
}

function checked(
  option: string,
  value: number,
  parameter: KernelParameter,
  others: Readonly<Record<string, number>>,
): number {
  switch (parameter.type) {
    case 'positive':
      // Squares and their reciprocals have to stay numbers.
      checkPositive(option, value);
      if (value < 1e-150 || value > 1e150) {
        throw new OptionError(option, { requirement: 'be between 1e-150 and 1e150', received: value });
      }
      return value;
    case 'whole':
      return checkWhole(option, value, parameter.from, parameter.to);
    case 'range': {
      const { above, atMost } = parameter;
      const most = typeof atMost === 'number' ? atMost : (others[atMost] ?? Number.NaN);
      return checkRange(option, value, above, most);
    }
  }
}
