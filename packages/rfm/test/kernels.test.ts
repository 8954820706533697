import { createNaiveBackend } from '@agop/core/naive';
import {
  defineKernel,
  describeKernel,
  gaussian,
  identityMetric,
  type KernelParameterTable,
  kernelFromDescription,
  kernelMatrix,
  kernelNames,
  kernels,
  laplace,
  lpq,
  quadratic,
  radialKernel,
} from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normalTensor } from './data.ts';
import { builtInKernels } from './kernel-examples.ts';

const examples = builtInKernels();

describe.each(Object.entries(kernels))('the kernel %s', (name, definition) => {
  const kernel = examples[name] as (typeof examples)[string];

  test('is called what it is called in the table, and says what it is', () => {
    expect([definition.name, kernel.name]).toEqual([name, name]);
    expect(definition.description).not.toBe('');
    const parameters: KernelParameterTable = definition.parameters;
    for (const [option, { description, savedAs }] of Object.entries(parameters)) {
      expect(description, option).not.toBe('');
      expect(kernel.parameters).toHaveProperty(savedAs ?? option);
    }
  });

  test('is the same after saving', () => {
    const saved: unknown = JSON.parse(JSON.stringify(describeKernel(kernel)));
    expect(saved).toEqual({ name, parameters: kernel.parameters });
    const restored = kernelFromDescription(describeKernel(kernel));
    expect(restored).toEqual(kernel);
  });

  test('names a saved parameter that is missing', () => {
    for (const missing of Object.keys(kernel.parameters)) {
      const { [missing]: _, ...rest } = kernel.parameters;
      const restore = () => kernelFromDescription({ name, parameters: rest });
      expect(restore).toThrow(`A saved kernel lacks its parameter '${missing}'.`);
    }
  });

  test('refuses parameters out of their ranges', () => {
    const parameters: KernelParameterTable = definition.parameters;
    for (const [option, { savedAs = option }] of Object.entries(parameters)) {
      for (const wrong of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY]) {
        const make = () => definition.restore({ ...kernel.parameters, [savedAs]: wrong });
        expect(make).toThrow(expect.objectContaining({ code: 'OPTION', option }));
      }
    }
  });

  test('is positive semi-definite', async () => {
    using backend = createNaiveBackend();
    using x = normalTensor(backend, 30, 5, 1);
    using matrix = kernelMatrix(backend, kernel, x, x, identityMetric);
    const { values } = await backend.eigh(matrix);
    const eigenvalues = await values.read();
    expect(Math.min(...eigenvalues)).toBeGreaterThan(-1e-13 * Math.max(...eigenvalues));
  });
});

test('kernels have the names and parameters of earlier versions in saved models', () => {
  const earlier = [
    'laplace',
    'gaussian',
    'exponentialPower',
    'lpq',
    'quadratic',
    'generalQuadratic',
    'ntk',
    'nngp',
  ];
  expect(kernelNames).toEqual(expect.arrayContaining(earlier));
  expect(lpq({ bandwidth: 2, p: 1.5, q: 0.8 }).parameters).toEqual({
    bandwidth: 2,
    norm: 1.5,
    exponent: 0.8,
  });
  expect(quadratic().parameters).toEqual({ scale: 1 });
  expect(lpq({ bandwidth: 2 }).parameters).toEqual({ bandwidth: 2, norm: 2, exponent: 1 });
});

test('a bound may be another parameter', () => {
  expect(() => lpq({ bandwidth: 1, p: 1.2, q: 1.3 })).toThrow(
    'q must be above 0 and at most 1.2, but is 1.3.',
  );
});

test('names the kernel that nobody knows, and takes nothing from prototypes', () => {
  for (const name of ['magic', 'toString', '__proto__'])
    expect(() => kernelFromDescription({ name, parameters: {} })).toThrow(
      `The kernel '${name}' is not among`,
    );
});

test("a user's kernel defined in the same way is saved and restored in the same way", () => {
  const cauchy = defineKernel({
    name: 'cauchy',
    description: '1 / (1 + ‖x - z‖² / L²)',
    parameters: {
      bandwidth: { type: 'positive', description: 'Length scale L', savedAs: 'length', default: 2 },
    },
    make: (name, parameters) =>
      radialKernel(name, (s, { length }) => s.div(length.pow(2)).add(1).reciprocal(), parameters),
  });
  const kernel = cauchy({ bandwidth: 3 });
  expect(kernel.parameters).toEqual({ length: 3 });
  expect(cauchy().parameters).toEqual({ length: 2 });
  expect(kernelFromDescription(describeKernel(kernel), { cauchy })).toEqual(kernel);
  const byFunction = {
    cauchy: (k: Readonly<Record<string, number>>) => cauchy({ bandwidth: k['length'] ?? 0 }),
  };
  expect(kernelFromDescription(describeKernel(kernel), byFunction)).toEqual(kernel);
});

test('options that a kernel needs are required by its type', () => {
  // @ts-expect-error: no bandwidth
  expect(() => laplace()).toThrow('bandwidth must be a positive number');
  // @ts-expect-error: not a parameter
  expect(() => gaussian({ bandwidth: 1, exponent: 2 })).toThrow("no option 'exponent'");
});
