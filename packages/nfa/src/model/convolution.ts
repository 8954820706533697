import * as tf from '@tensorflow/tfjs';
import type { Layer } from './find-layers.ts';

type Pair = [number, number];

/** A convolution of images with its channels last, as its layer describes it. */
interface Convolution {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor | undefined;
  readonly strides: Pair;
  readonly padding: 'same' | 'valid';
  readonly dilation: Pair;
  readonly depthwise: boolean;
}

/**
 * What a convolutional layer makes before its activation, differentiable with respect to its input: another
 * convolution, which every backend has and computes fast. TensorFlow.js's own gradient also asks for that of
 * the kernel, for which its WebAssembly backend has no program. Undefined for other layers, whose own
 * function serves.
 */
export function convolve(layer: Layer): ((x: tf.Tensor) => tf.Tensor) | undefined {
  const convolution = describe(layer);
  if (!convolution) return undefined;
  return (x) =>
    tf.tidy(() => {
      const { bias } = convolution;
      const images = x as tf.Tensor4D;
      const differentiable = tf.customGrad(() => ({
        value: forward(images, convolution),
        gradFunc: (dy: tf.Tensor) => adjoint(dy as tf.Tensor4D, images.shape, convolution),
      }));
      const z = differentiable(images);
      return bias ? tf.add(z, bias) : z;
    });
}

function describe(layer: Layer): Convolution | undefined {
  const className = layer.getClassName();
  const depthwise = className === 'DepthwiseConv2D';
  if (!depthwise && className !== 'Conv2D') return undefined;
  const field = (name: string): unknown => Reflect.get(layer, name);
  const [kernel, bias] = layer.weights.map((variable) => variable.read());
  const [strides, dilation, padding] = [
    pair(field('strides')),
    pair(field('dilationRate')),
    field('padding'),
  ];
  if (kernel?.rank !== 4 || !strides || !dilation || field('dataFormat') !== 'channelsLast') return undefined;
  if (padding !== 'same' && padding !== 'valid') return undefined;
  if (depthwise && kernel.shape[3] !== 1) return undefined;
  return { kernel: kernel as tf.Tensor4D, bias, strides, padding, dilation, depthwise };
}

function pair(value: unknown): Pair | undefined {
  const [a, b] = Array.isArray(value) ? value : [value, value];
  return typeof a === 'number' && typeof b === 'number' ? [a, b] : undefined;
}

function forward(
  x: tf.Tensor4D,
  { kernel, strides, padding, dilation, depthwise }: Convolution,
): tf.Tensor4D {
  return depthwise
    ? tf.depthwiseConv2d(x, kernel, strides, padding, 'NHWC', dilation)
    : tf.conv2d(x, kernel, strides, padding, 'NHWC', dilation);
}

/** The convolution transposed: of the gradients spread by the strides, with the kernel turned around. */
function adjoint(
  dy: tf.Tensor4D,
  [, height, width]: tf.Tensor4D['shape'],
  { kernel, strides, padding, dilation, depthwise }: Convolution,
): tf.Tensor {
  const [, rows, columns] = dy.shape;
  const axes = [
    { length: height, made: rows, size: kernel.shape[0], stride: strides[0], gap: dilation[0] },
    { length: width, made: columns, size: kernel.shape[1], stride: strides[1], gap: dilation[1] },
  ];
  const borders = axes.map(({ length, made, size, stride, gap }): Pair => {
    const reach = (size - 1) * gap;
    const covered = (made - 1) * stride + 1;
    const before = padding === 'same' ? Math.floor(Math.max(0, covered + reach - length) / 2) : 0;
    return [reach - before, length + before - covered];
  }) as [Pair, Pair];
  const spread = tf.pad(spreadBy(dy, strides), [[0, 0], ...borders, [0, 0]]);
  const turned = tf.reverse(kernel, [0, 1]) as tf.Tensor4D;
  return depthwise
    ? tf.depthwiseConv2d(spread, turned, 1, 'valid', 'NHWC', dilation)
    : tf.conv2d(spread, tf.transpose(turned, [0, 1, 3, 2]), 1, 'valid', 'NHWC', dilation);
}

/** Zeros between rows and columns, [n, rows, columns, k] to [n, (rows − 1) s + 1, (columns − 1) t + 1, k]. */
function spreadBy(dy: tf.Tensor4D, [s, t]: Pair): tf.Tensor4D {
  if (s === 1 && t === 1) return dy;
  const [n, rows, columns, k] = dy.shape;
  const apart = tf.reshape(dy, [n, rows, 1, columns, 1, k]);
  const filled = tf.pad(apart, [
    [0, 0],
    [0, 0],
    [0, s - 1],
    [0, 0],
    [0, t - 1],
    [0, 0],
  ]);
  const grid: tf.Tensor4D = tf.reshape(filled, [n, rows * s, columns * t, k]);
  return tf.slice4d(grid, [0, 0, 0, 0], [n, (rows - 1) * s + 1, (columns - 1) * t + 1, k]);
}
