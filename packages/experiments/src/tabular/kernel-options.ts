import { OptionError, wording } from '@agop/core';
import { number, type Option } from '@agop/core/options';
import { type Kernel, type KernelParameter, kernels } from '@agop/rfm/settings';

type Kernels = typeof kernels;
type NameOf<P> = {
  [K in keyof P]: P[K] extends { readonly savedAs: infer N extends string } ? N : K & string;
}[keyof P];
/** Names of the parameters of all kernels. */
type ParameterName = { [K in keyof Kernels]: NameOf<Kernels[K]['parameters']> }[keyof Kernels];

/** `exponentialPower` is `exponential-power` among the choices. */
const byChoice = new Map(
  Object.values(kernels).map((definition) => [
    definition.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    definition,
  ]),
);

/** What kernels are called among the choices. */
export const kernelChoices: readonly string[] = [...byChoice.keys()];

/** The parameters of each kernel, by the name of their option. */
const parametersOf = new Map(
  [...byChoice].map(([choice, { parameters }]) => [
    choice,
    new Map(
      Object.entries<KernelParameter>(parameters).map(([inCode, parameter]) => [
        parameter.savedAs ?? inCode,
        { inCode, ...parameter },
      ]),
    ),
  ]),
);

/** `a`, `a or b`, `a, b or c`. */
function listed(names: readonly string[], word: 'and' | 'or'): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}

function ownersOf(name: string): string[] {
  return kernelChoices.filter((choice) => parametersOf.get(choice)?.has(name));
}

const parameterNames = new Set([...parametersOf.values()].flatMap((parameters) => [...parameters.keys()]));

/** One option for each parameter, whichever kernels have it. The kernel checks its range. */
export const kernelParameterOptions = Object.fromEntries(
  [...parameterNames].map((name) => {
    const own = [...parametersOf.values()].flatMap((parameters) => parameters.get(name) ?? []);
    const defaults = new Set(own.map((parameter) => parameter.default));
    const [byDefault] = defaults;
    return [
      name,
      number({
        description: `${name.charAt(0).toUpperCase()}${name.slice(1)} of ${listed(ownersOf(name), 'and')}`,
        namesInCode: own.flatMap(({ inCode }) => (inCode === name ? [] : [inCode])),
        ...(defaults.size === 1 && byDefault !== undefined && { defaultWords: String(byDefault) }),
      }),
    ];
  }),
) as Readonly<Record<ParameterName, Option<number | undefined>>>;

/**
 * The kernel of a choice, with the parameters that are given.
 *
 * @param bandwidth where none is given
 * @throws {OptionError} for a parameter out of its range, missing, or of other kernels
 */
export function kernelOf(
  choice: string,
  given: Readonly<Record<ParameterName, unknown>>,
  bandwidth: number,
): Kernel {
  const parameters = parametersOf.get(choice) ?? new Map<string, KernelParameter>();
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameters.get(name);
    if (parameter === undefined) {
      if (value === undefined || !Object.hasOwn(kernelParameterOptions, name)) continue;
      throw new OptionError(
        name,
        wording`${{ option: name, bare: true }} needs ${{ option: 'kernel', bare: true }} ${listed(ownersOf(name), 'or')}.`,
      );
    }
    const chosen = value ?? parameter.default ?? (name === 'bandwidth' ? bandwidth : undefined);
    if (typeof chosen !== 'number') {
      throw new OptionError(name, { requirement: `be given for the kernel ${choice}` });
    }
    values[name] = chosen;
  }
  const definition = byChoice.get(choice);
  if (definition === undefined)
    throw new OptionError('kernel', { requirement: 'name a kernel', received: choice });
  return definition.restore(values);
}
