import { createCpuBackend } from '@agop/backend-cpu';
import { AbortedError, type Backend, NotPositiveDefiniteError, OptionError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { naiveEngine } from '@agop/core/naive';
import {
  basicOperations,
  type GrokkingStep,
  grokkingSteps,
  measureOutputs,
  modularTask,
  runGrokking,
} from '@agop/grokking';
import {
  circulantDeviation,
  type FourierContent,
  fitCirculantFeatures,
  fourierContent,
  groupOrder,
  metricBlocks,
  tableOutputs,
} from '@agop/grokking/analysis';
import { gaussian, laplace, quadratic } from '@agop/rfm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend();
});
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
});
afterAll(() => backend.dispose());

const p = 17;
const task = modularTask({ operation: '+', p, fraction: 0.75, seed: 1 });

describe('measureOutputs', () => {
  it('averages errors, counts the first largest output, and looks at the right answer alone', () => {
    // labels 0 and 1; the second row has two equal largest outputs.
    const measures = measureOutputs([1, 0, 0, 0.5, 0.5, 0], [0, 1], 3);
    expect(measures).toEqual({ loss: 0.5 / 6, accuracy: 0.5, correctLogitLoss: 0.125 });
    expect(measureOutputs([1, 0, 0, 0.5, 0.5, 0], [0, 1], 3, [1]).accuracy).toBe(0);
  });
});

describe('runGrokking', () => {
  it('learns suddenly, from features that change gradually', async () => {
    const seen: number[] = [];
    const { iterations, last, agops } = await runGrokking({
      backend,
      task,
      iterations: 19,
      onIteration: (i) => seen.push(i.iteration),
    });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const accuracies = iterations.map((i) => i.testAccuracy);
    expect(Math.max(...accuracies.slice(0, 6))).toBeLessThan(0.1);
    expect(accuracies.at(-1)).toBe(1);
    expect(Math.max(...iterations.map((i) => i.trainLoss))).toBeLessThan(1e-20);
    const deviations = iterations.map((i) => i.circulantDeviation ?? Number.NaN);
    expect(deviations.slice(0, 6).every((d, i) => i === 0 || d < 0.9 * (deviations[i - 1] as number))).toBe(
      true,
    );
    expect(deviations.at(-1)).toBeLessThan(0.03);
    const alignments = iterations.map((i) => i.alignment ?? Number.NaN);
    expect(alignments.every((a, i) => i === 0 || a > (alignments[i - 1] as number))).toBe(true);
    expect(alignments.at(-1)).toBeCloseTo(1, 12);
    expect(agops).toHaveLength(20);
    expect(last.measures.iteration).toBe(19);
  });

  it.each(['add', 'sub', 'mul', 'div'] as const)(
    'learns the Fourier multiplication algorithm for %s, with all frequencies alike',
    async (name) => {
      const operation = basicOperations[name];
      const oneTask = modularTask({ operation, p, fraction: 0.75, seed: 2 });
      const contents: FourierContent[] = [];
      for await (const step of grokkingSteps({ backend, task: oneTask, iterations: 19 })) {
        contents.push(fourierContent(tableOutputs(oneTask, step), operation, p));
      }
      // At first the algorithm explains what the interpolated training pairs alone give it; in the end nearly
      // all.
      for (const { share } of contents.slice(0, 5)) expect(share).toBeLessThan(0.72);
      expect(contents.at(-1)?.share).toBeGreaterThan(0.9);
      expect(contents.at(-1)?.share).toBeLessThan(1);
      // The exact algorithm has weight 1 on every frequency.
      for (const weight of contents.at(-1)?.weights ?? []) {
        expect(weight).toBeGreaterThan(0.8);
        expect(weight).toBeLessThan(1.05);
      }
    },
  );

  it('tells measures that follow from the outputs of the same step, also when they are looked at later', async () => {
    const kept: GrokkingStep[] = [];
    for await (const step of grokkingSteps({ backend, task, iterations: 12 })) kept.push(step);
    for (const { measures, trainOutputs, testOutputs } of kept) {
      for (const [samples, outputs, loss, accuracy] of [
        [task.train, trainOutputs, measures.trainLoss, measures.trainAccuracy],
        [task.test, testOutputs, measures.testLoss, measures.testAccuracy],
      ] as const) {
        const rows = Array.from(samples.labels, (_, row) => [...outputs.slice(row * p, (row + 1) * p)]);
        const squares = rows.flatMap((row, i) =>
          row.map((value, l) => (value - Number(l === samples.labels[i])) ** 2),
        );
        expect(loss).toBeCloseTo(squares.reduce((a, b) => a + b, 0) / squares.length, 12);
        const hits = rows.filter((row, i) => row.indexOf(Math.max(...row)) === samples.labels[i]);
        expect(accuracy).toBe(hits.length / rows.length);
      }
      expect(measures.trainLoss).not.toBe(measures.testLoss);
    }
  });

  it('measures two operations apart', async () => {
    const two = modularTask({ operation: ['+', 'x^2+y^2'], p: 7, fraction: 0.8 });
    const { iterations } = await runGrokking({ backend, task: two, iterations: 1 });
    const [first, second] = iterations[1]?.operations ?? [];
    expect([first?.operation, second?.operation]).toEqual(['add', 'x^2+y^2']);
    const mean = ((first?.testLoss ?? 0) + (second?.testLoss ?? 0)) / 2;
    expect(iterations[1]?.testLoss).toBeCloseTo(mean, 12);
  });

  it('measures the structure of each of two operations by itself', async () => {
    const two = modularTask({ operation: ['x^2+y^2', '/'], p: 7, fraction: 0.8 });
    const { iterations, agops } = await runGrokking({ backend, task: two, iterations: 1 });
    const [first, second] = iterations[1]?.operations ?? [];
    const block = groupOrder(metricBlocks(agops[1] ?? [], 7).lowerLeft, 'multiplicative');
    expect(second?.circulantDeviation).toBe(circulantDeviation(block, { shape: 'hankel' }));
    expect([first?.circulantDeviation, iterations[1]?.circulantDeviation]).toEqual([null, null]);
  });

  it('takes other kernels', async () => {
    for (const kernel of [quadratic(), laplace({ bandwidth: 2.5 })]) {
      const { iterations } = await runGrokking({ backend, task, kernel, iterations: 2 });
      expect(iterations[2]?.trainLoss).toBeLessThan(1e-20);
      expect(iterations[2]?.circulantDeviation).toBeLessThan(iterations[0]?.circulantDeviation ?? 0);
    }
  });

  it('ends where the kernel matrix becomes singular, with what it measured until then', async () => {
    const squares = modularTask({ operation: 'x^2+y^2', p: 13, fraction: 0.75 });
    const before = backend.memory();
    // A wide kernel, for which the points of one answer soon are the same in float64.
    const wide = { backend, task: squares, iterations: 39, kernel: gaussian({ bandwidth: 12 }) };
    const { iterations, endedBy, last } = await runGrokking(wide);
    expect(endedBy).toBeInstanceOf(NotPositiveDefiniteError);
    expect(iterations.length).toBeGreaterThan(10);
    expect(iterations.length).toBeLessThan(40);
    expect(last.measures.iteration).toBe(iterations.length - 1);
    expect(iterations.at(-1)).toMatchObject({ alignment: 1, testAccuracy: 1 });
    expect(backend.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    const whole = await runGrokking({ ...wide, ridge: 1e-9 });
    expect(whole).not.toHaveProperty('endedBy');
    expect(whole.iterations).toHaveLength(40);
  });

  it('has no circulant deviation where no structure is known', async () => {
    for (const options of [
      { operation: 'x^3+xy', p: 5 },
      { operation: '*', p: 6 },
    ]) {
      const { iterations } = await runGrokking({ backend, task: modularTask(options), iterations: 0 });
      expect(iterations[0]?.circulantDeviation).toBeNull();
    }
  });

  it('frees everything when the loop is left early, and when it is aborted', async () => {
    for await (const step of grokkingSteps({ backend, task })) if (step.measures.iteration === 1) break;
    const controller = new AbortController();
    const aborted = runGrokking({
      backend,
      task,
      signal: controller.signal,
      onIteration: () => controller.abort(),
    });
    await expect(aborted).rejects.toThrow(AbortedError);
  });

  it('ends where a callback fails, or its promise', async () => {
    const before = backend.memory().tensors;
    const fails = () => {
      throw new RangeError('mine');
    };
    for (const onIteration of [fails, async () => fails()]) {
      await expect(runGrokking({ backend, task, iterations: 2, onIteration })).rejects.toThrow(
        new RangeError('mine'),
      );
    }
    expect(backend.memory().tensors).toBe(before);
  });

  it('takes no option of a task that there is not', () => {
    const options = { operation: '+', p: 7, fractoin: 0.3 };
    expect(() => modularTask(options)).toThrow(
      "modularTask() has no option 'fractoin'. Did you mean fraction?",
    );
  });

  it('refuses a number of iterations that is none', async () => {
    await expect(runGrokking({ backend, task, iterations: -1 })).rejects.toThrow(OptionError);
    await expect(runGrokking({ backend, task, fits: 0 })).rejects.toThrow(/fits must be/);
    await expect(runGrokking({ backend, task, iterations: 1.5 })).rejects.toThrow(/iterations must be/);
  });
});

describe('circulant features', () => {
  it('generalise without learning, where plain features do not', async () => {
    const half = modularTask({ operation: '+', p: 31, fraction: 0.5, seed: 3 });
    const plain = await runGrokking({ backend, task: half, iterations: 0 });
    const random = await fitCirculantFeatures({ backend, task: half, seed: 3 });
    expect(plain.last.measures.testAccuracy).toBeLessThan(0.1);
    expect(random.test.accuracy).toBeGreaterThan(0.9);
    expect(random.train.loss).toBeLessThan(1e-20);
  });
});

describe('a backend without float64', () => {
  it('computes in float32 by default, and refuses what it does not have', async () => {
    using single = createBackend({ ...naiveEngine, dtypes: ['float32'], preferredDType: 'float32' });
    const small = modularTask({ operation: '+', p: 7, fraction: 0.75 });
    const { iterations } = await runGrokking({ backend: single, task: small, iterations: 1 });
    expect(iterations).toHaveLength(2);
    expect(iterations[0]?.trainAccuracy).toBe(1);
    const features = await fitCirculantFeatures({ backend: single, task: small });
    expect(features.train.accuracy).toBe(1);
    await expect(runGrokking({ backend: single, task: small, dtype: 'float64' })).rejects.toThrow(
      OptionError,
    );
    expect(single.memory().tensors).toBe(0);
  });
});
