import { randomArray, randomPermutation, subkey, throwIfAborted } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { Patches } from './patches.ts';

/** Rows of patches with their classes. */
export interface PatchSet {
  readonly patches: Patches;
  readonly labels: Int32Array;
}

/** How a small network is trained. */
export interface SmallTraining {
  readonly training: PatchSet;
  readonly test: PatchSet;
  readonly classes: number;
  /** Filters before training, [numbers of a patch, filters]. */
  readonly start: Float32Array;
  readonly filters: number;
  readonly trainsFilters: boolean;
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onEpoch: (epoch: number, accuracy: number) => void;
}

const batchSize = 50;
/** Fields of a side over which the answers of a filter are averaged. */
const fields = 3;

/**
 * A convolution with a rectifier, averages over 3 x 3 fields of the image, and a readout; squared error on
 * one-hot rows, Adam. Patches are rows of a matrix, so that the convolution is one product.
 *
 * @returns test accuracy after each epoch
 */
export async function trainSmallNetwork(tf: typeof tfjs, options: SmallTraining): Promise<number[]> {
  const { training, test, classes, filters, trainsFilters, epochs, learningRate, seed, signal } = options;
  const [count, , numbers] = training.patches.shape;
  const inputs = filters * fields * fields;
  const readout = randomArray(inputs * classes, 'normal', subkey(seed, 'network-weights', 1), 'float32');
  const w = tf.variable(tf.tensor2d(options.start, [numbers, filters]), trainsFilters);
  const v = tf.variable(
    tf.tidy(
      (): tfjs.Tensor2D =>
        tf.mul(tf.tensor2d(Float32Array.from(readout), [inputs, classes]), 0.1 / Math.sqrt(inputs)),
    ),
  );
  const b = tf.variable(tf.zeros([classes]));
  const optimizer = tf.train.adam(learningRate);
  // Filters that stay answer each image once and for all.
  const x = trainsFilters ? allPatches(tf, training.patches) : answers(tf, training.patches, w);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(training.labels, 'int32'), classes).toFloat());
  const held = trainsFilters ? allPatches(tf, test.patches) : answers(tf, test.patches, w);
  const predict = (rows: tfjs.Tensor): tfjs.Tensor => {
    const features = trainsFilters ? fieldMeans(tf, rows, training.patches.side, w) : rows;
    return tf.add(tf.matMul(features as tfjs.Tensor2D, v), b);
  };
  const list = trainsFilters ? [w, v, b] : [v, b];
  const history: number[] = [];
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const order = randomPermutation(count, subkey(seed, 'batch-order', epoch));
      for (let begin = 0; begin < count; begin += batchSize) {
        throwIfAborted(signal, 'Training a small network');
        tf.tidy(() => {
          const chosen = tf.tensor1d(order.slice(begin, begin + batchSize), 'int32');
          const [rows, targets] = [tf.gather(x, chosen), tf.gather(y, chosen)];
          optimizer.minimize(
            () => tf.mean(tf.square(tf.sub(predict(rows), targets))).asScalar(),
            false,
            list,
          );
        });
      }
      const outputs = tf.tidy(() => tf.argMax(predict(held), 1));
      const predicted = await outputs.data();
      outputs.dispose();
      const right = test.labels.reduce((sum, label, i) => sum + Number(predicted[i] === label), 0);
      history.push(right / test.labels.length);
      options.onEpoch(epoch, right / test.labels.length);
    }
    return history;
  } finally {
    optimizer.dispose();
    tf.dispose([w, v, b, x, y, held]);
  }
}

function allPatches(tf: typeof tfjs, { data, shape }: Patches): tfjs.Tensor {
  return tf.tensor3d(data, [...shape]);
}

/** Images whose answers are computed at a time. */
const imagesPerPass = 200;

/** What filters answer to all images, [images, fields · fields · filters]. */
function answers(tf: typeof tfjs, { data, shape, side }: Patches, w: tfjs.Tensor2D): tfjs.Tensor {
  const [images, positions, numbers] = shape;
  const length = positions * numbers;
  return tf.tidy(() => {
    const parts: tfjs.Tensor[] = [];
    for (let begin = 0; begin < images; begin += imagesPerPass) {
      const count = Math.min(imagesPerPass, images - begin);
      const rows = data.subarray(begin * length, (begin + count) * length);
      parts.push(tf.tidy(() => fieldMeans(tf, tf.tensor3d(rows, [count, positions, numbers]), side, w)));
    }
    return tf.concat(parts, 0);
  });
}

/** Answers of filters, rectified, averaged over the fields. */
function fieldMeans(tf: typeof tfjs, rows: tfjs.Tensor, side: number, w: tfjs.Tensor2D): tfjs.Tensor {
  const [images = 0, , numbers = 0] = rows.shape;
  const filters = w.shape[1];
  const z = tf.relu(tf.matMul(tf.reshape(rows, [-1, numbers]) as tfjs.Tensor2D, w));
  const field = Math.floor(side / fields);
  const grid = tf.reshape(z, [images, side, side, filters]);
  const used = tf.slice(grid, [0, 0, 0, 0], [images, field * fields, field * fields, filters]);
  const parted = tf.reshape(used, [images * fields, field, fields, field * filters]);
  const overRows = tf.reshape(tf.mean(parted, 1), [images * fields * fields, field, filters]);
  return tf.reshape(tf.mean(overRows, 1), [images, fields * fields * filters]);
}
