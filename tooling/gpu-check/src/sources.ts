import { conformanceCases } from '@agop/conformance';
import type { Backend, Expression, TypedArray } from '@agop/core';
import { type BoundInput, createBackend, type Engine } from '@agop/core/engine';
import { naiveEngine } from '@agop/core/naive';
import { type Kernel, recursiveFeatureMachine } from '@agop/rfm';
import { expressionKernel } from '../../../packages/backend-gpu/src/cuda/elementwise.ts';
import {
  generatedSources,
  type NamedSource,
  packageSources,
} from '../../../packages/backend-gpu/test/sources.ts';
import { builtInKernels } from '../../../packages/rfm/test/kernel-examples.ts';

/**
 * Every source that the engine gives to the compiler: those of the package, and those that it makes of
 * expressions, of its own tests, of Recursive Feature Machines with each kernel, and of the conformance
 * suite.
 */
export async function allSources(): Promise<NamedSource[]> {
  const expressions = new Map<string, string>();
  let title = '';
  const backend = createBackend(
    recordingEngine((source) => {
      if (!expressions.has(source)) expressions.set(source, title);
    }),
  );
  for (const { group, name, run } of conformanceCases) {
    title = `conformance, ${group}: ${name}`;
    await run(backend);
  }
  for (const [name, kernel] of Object.entries(builtInKernels())) {
    title = `rfm, ${name}`;
    await fit(backend, kernel);
  }
  const known = [...packageSources(), ...generatedSources()];
  const texts = new Set(known.map(({ source }) => source));
  const recorded = [...expressions].filter(([source]) => !texts.has(source));
  return [...known, ...recorded.map(([source, name], i) => ({ name: `${name} (${i})`, source }))];
}

/** Small fits in both dtypes, one output and several, at training points and with centering. */
async function fit(backend: Backend, kernel: Kernel): Promise<void> {
  for (const dtype of ['float32', 'float64'] as const) {
    for (const outputs of [1, 3]) {
      using x = backend.random([24, 4], 'normal', { seed: 1 }, dtype);
      using y = backend.random([24, outputs], 'normal', { seed: 2 }, dtype);
      const centering = outputs === 1 ? ('none' as const) : ('output' as const);
      const options = {
        backend,
        kernel,
        x,
        y,
        ridge: 1,
        iterations: 1,
        centering,
        form: 'transform' as const,
      };
      for await (const { machine } of recursiveFeatureMachine(options)) {
        machine.predict(x).dispose();
        machine.gradients(x).dispose();
      }
    }
  }
}

/** The naive engine, which notes the source that the CUDA engine would make of each expression. */
function recordingEngine(record: (source: string) => void): Engine<TypedArray> {
  const note = (
    expression: Expression,
    inputs: readonly BoundInput<unknown>[],
    out: Parameters<typeof expressionKernel>[2],
    stride: number,
  ): void => {
    record(expressionKernel(expression, inputs, out, stride).kernel.source());
  };
  return {
    ...naiveEngine,
    map(expression, inputs, out) {
      note(expression, inputs, out, out.columns);
      naiveEngine.map(expression, inputs, out);
    },
    pairwise(x, z, expression, inputs, symmetric, out) {
      const bound = [...inputs, { name: 'u', kind: 'full', matrix: out } as const];
      note(expression, bound, out, out.columns);
      // Blocks of a symmetric result are narrower than it.
      if (symmetric) note(expression, bound, out, out.columns + 1);
      naiveEngine.pairwise(x, z, expression, inputs, symmetric, out);
    },
  };
}
