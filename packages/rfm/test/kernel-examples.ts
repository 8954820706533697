import { type Kernel, type KernelParameter, type KernelParameterTable, kernels } from '@agop/rfm';

/** Options in the middle of the ranges that parameters say, for any kernel. */
export function exampleOptions(parameters: KernelParameterTable): Readonly<Record<string, number>> {
  const options: Record<string, number> = {};
  for (const [name, parameter] of Object.entries(parameters)) options[name] = inRange(parameter, options);
  return options;
}

function inRange(parameter: KernelParameter, options: Readonly<Record<string, number>>): number {
  if (parameter.type === 'positive') return 1.5;
  if (parameter.type === 'whole') return parameter.from + 2;
  const { above, atMost } = parameter;
  return above + 0.65 * ((typeof atMost === 'number' ? atMost : Number(options[atMost])) - above);
}

/** One kernel of each definition in the table, made by `restore`. */
export function builtInKernels(): Readonly<Record<string, Kernel>> {
  const made: Record<string, Kernel> = {};
  for (const [name, definition] of Object.entries(kernels)) {
    const table: KernelParameterTable = definition.parameters;
    const options = exampleOptions(table);
    const saved = Object.entries(options).map(([option, value]) => [table[option]?.savedAs ?? option, value]);
    made[name] = definition.restore(Object.fromEntries(saved));
  }
  return made;
}
