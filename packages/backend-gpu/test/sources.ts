import { type Expression, type FloatDType, input, selectLess, selectLessEqual } from '@agop/core';
import { countDefinitions } from '../src/cuda/geometry.ts';
import { castSource } from '../src/cuda/rearrangement.ts';
import { triangularDefinitions } from '../src/cuda/triangular.ts';
import { generateKernel, type InputKind, type Layout } from '../src/expression/cuda-expression.ts';
import { type KernelFile, kernelSource, powerDefinitions } from '../src/kernels/sources.ts';

/** A complete source, with a name for messages. */
export interface NamedSource {
  readonly name: string;
  readonly source: string;
}

const floats: readonly FloatDType[] = ['float32', 'float64'];
const anyType: readonly KernelFile[] = ['fill', 'copy', 'transpose'];
const floatOnly: readonly KernelFile[] = ['reduce', 'argmax', 'random', 'cholesky', 'eigen'];
const columns = [1, 4] as const;
const exponents = [0, 0.5, 1, 1.5, 2, 3, 0.7];

const [x, y, z, u] = [input('x'), input('y'), input('z'), input('u')];

/** Together they use every operator and every kind of input. */
export const expressions: Readonly<Record<string, Expression>> = {
  polynomial: x.pow(3).mul(2).sub(x.mul(y)).add(z).sub(0.25),
  laplace: selectLessEqual(x.add(y).sub(u.mul(2)), x.add(y).mul(1e-15), 0, x.add(y).sub(u.mul(2)))
    .sqrt()
    .div(z)
    .neg()
    .exp(),
  transcendental: x.sin().add(y.cos()).mul(z.tanh()).add(x.abs().log()).sub(y.acos()).add(x.sign()),
  kernels: x.arcCosine0().add(y.arcCosine1()).mul(z.reciprocal()),
  choice: selectLess(x, y.min(z), x.max(Number.NEGATIVE_INFINITY), y.pow(z)),
  alone: x,
};

const kinds: readonly InputKind[] = ['full', 'row', 'column', 'single', 'number'];

/**
 * Sources as one: a namespace each, `part0`, `part1`, …, so that names may repeat. Starting a compiler costs
 * more than compiling most of them.
 */
export function together(sources: readonly NamedSource[]): string {
  const parts = sources.map(({ source }, i) => {
    const macros = [...source.matchAll(/^#define (\w+)/gm)].map(([, name]) => `#undef ${name}\n`);
    return `namespace part${i} {\n${source.replaceAll('extern "C" ', '')}\n}\n${macros.join('')}`;
  });
  return parts.join('\n');
}

/** Every kernel source of the package, for every element type that it is used with. */
export function packageSources(): NamedSource[] {
  const plain = [
    ...anyType.flatMap((file) =>
      (['float32', 'float64', 'int32'] as const).map((dtype) => ({ file, dtype })),
    ),
    ...floatOnly.flatMap((file) => floats.map((dtype) => ({ file, dtype }))),
  ].map(({ file, dtype }) => ({ name: `${file} ${dtype}`, source: kernelSource(file, dtype) }));
  const types = ['float32', 'float64', 'int32'] as const;
  const casts = types.flatMap((from) =>
    types
      .filter((to) => to !== from)
      .map((to) => {
        const { key, source } = castSource(from, to);
        return { name: key, source: source() };
      }),
  );
  const distances = floats.flatMap((dtype) =>
    exponents.map((exponent) => ({
      name: `distance ${dtype}, exponent ${exponent}`,
      source: kernelSource('distance', dtype, powerDefinitions(exponent)),
    })),
  );
  const triangular = floats.flatMap((dtype) =>
    columns.map((count) => ({
      name: `triangular ${dtype}, ${count} columns`,
      source: kernelSource('triangular', dtype, triangularDefinitions(count)),
    })),
  );
  const grids = floats.flatMap((dtype) =>
    [true, false].map((isSmall) => ({
      name: `grid ${dtype}, ${isSmall ? 32 : 64} bits`,
      source: kernelSource('grid', dtype, countDefinitions(isSmall)),
    })),
  );
  const split = { name: 'split float32', source: kernelSource('split', 'float32') };
  return [...plain, ...casts, ...distances, ...triangular, ...grids, split];
}

/** Generated kernels: each expression with its inputs bound in several ways, in both layouts and types. */
export function generatedSources(): NamedSource[] {
  return Object.entries(expressions).flatMap(([name, expression], e) =>
    floats.flatMap((dtype, d) =>
      (['flat', 'grid'] as const).map((layout, l): NamedSource => {
        const shift = e + d + l;
        const bound = Object.fromEntries(
          ['u', 'x', 'y', 'z'].map((input, i) => [input, kindAt(shift + i, layout)]),
        );
        const { source } = generateKernel(expression, bound, dtype, layout);
        return { name: `${name}, ${layout}, ${dtype}`, source };
      }),
    ),
  );
}

function kindAt(index: number, layout: Layout): InputKind {
  const possible = layout === 'grid' ? kinds : kinds.filter((kind) => kind !== 'row' && kind !== 'column');
  return possible[index % possible.length] as InputKind;
}
