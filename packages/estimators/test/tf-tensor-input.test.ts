import { createTfjsBackend } from '@agop/backend-tfjs';
import { DisposedError, DTypeError, ShapeError, ValueError } from '@agop/core';
import { toHostMatrix, toHostVector, toTfTensor } from '@agop/estimators';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '@tensorflow/tfjs-backend-cpu';

await tf.setBackend('cpu');

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

/** Runs `work` on a tf.Tensor and disposes of it. */
async function withTf<T>(tensor: tf.Tensor, work: (tensor: tf.Tensor) => Promise<T>): Promise<T> {
  try {
    return await work(tensor);
  } finally {
    tensor.dispose();
  }
}

describe('a tf.Tensor in', () => {
  it('is read as it is, and stays its owner’s', async () => {
    await withTf(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), async (tensor) => {
      const matrix = await toHostMatrix(tensor, 'X');
      expect(matrix).toMatchObject({ rows: 2, columns: 3 });
      expect(matrix.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
      expect(tensor.isDisposed).toBe(false);
    });
  });

  it('may be of integers or booleans, and a vector', async () => {
    await withTf(tf.tensor1d([3, -4], 'int32'), async (tensor) => {
      const vector = await toHostVector(tensor, 'y');
      expect([...vector]).toEqual([3, -4]);
    });
    await withTf(tf.tensor2d([[1, 0]], [1, 2], 'bool'), async (tensor) => {
      expect([...(await toHostMatrix(tensor, 'X')).data]).toEqual([1, 0]);
    });
  });

  it('may live on a tfjs backend that is not active', async () => {
    const Cpu = Object.getPrototypeOf(tf.backend()).constructor;
    tf.registerBackend('second cpu', () => new Cpu());
    await withTf(tf.tensor2d([[1, 2]]), async (tensor) => {
      await tf.setBackend('second cpu');
      expect([...(await toHostMatrix(tensor, 'X')).data]).toEqual([1, 2]);
    });
    await tf.setBackend('cpu');
    tf.removeBackend('second cpu');
  });

  it('is refused with a typed error where it cannot be a matrix', async () => {
    await withTf(
      tf.tensor2d([
        [1, 2],
        [Number.NaN, 4],
      ]),
      async (tensor) => {
        const failure = await toHostMatrix(tensor, 'X').catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(ValueError);
        expect(failure).toMatchObject({ row: 1, column: 0 });
      },
    );
    await withTf(tf.zeros([2, 2, 2]), async (tensor) => {
      await expect(toHostMatrix(tensor, 'X')).rejects.toThrow(ShapeError);
    });
    await withTf(tf.scalar(1), async (tensor) => {
      await expect(toHostMatrix(tensor, 'X')).rejects.toThrow(ShapeError);
    });
    await withTf(tf.tensor1d(['a', 'b']), async (tensor) => {
      await expect(toHostMatrix(tensor, 'X')).rejects.toThrow(DTypeError);
    });
    const lying = {
      shape: [1e30, 2],
      dtype: 'float32',
      data: async () => Float32Array.of(1),
      dispose: () => {},
    };
    await expect(toHostMatrix(lying, 'X')).rejects.toThrow(ShapeError);
    await expect(toHostMatrix({ ...lying, shape: [2, 2] }, 'X')).rejects.toThrow(/do not fill its shape/);
    const gone = tf.zeros([2, 2]);
    gone.dispose();
    await expect(toHostMatrix(gone, 'X')).rejects.toThrow(DisposedError);
  });
});

describe('a tf.Tensor out', () => {
  it('has the shape and its own elements', async () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    const made = await toTfTensor(data, [3, 2]);
    data[0] = 9;
    expect(made).toBeInstanceOf(tf.Tensor);
    expect(made).toMatchObject({ shape: [3, 2], dtype: 'float32' });
    expect(Array.from(await made.data())).toEqual([1, 2, 3, 4, 5, 6]);
    made.dispose();
  });

  it('goes round through an agop tensor', async () => {
    using backend = await createTfjsBackend({ backendName: 'cpu', tf });
    await withTf(tf.randomNormal([4, 3]), async (source) => {
      const host = await toHostMatrix(source, 'X');
      using inside = backend.tensor(host.data, [host.rows, host.columns], 'float32');
      const made = await toTfTensor(await inside.read(), inside.shape);
      expect(await made.data()).toEqual(await source.data());
      made.dispose();
    });
  });
});
