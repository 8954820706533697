import { FormatError } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { NamedTensors } from './weights.ts';

/** Side of the images that it takes, in pixels. */
export const faceSize = 150;

/** What is subtracted from red, green and blue. */
const middle = [122.782, 117.001, 104.298] as const;

/** Blocks in their order: of one channel count, then halved in size. */
const blocks = [
  ['conv32_1', 'conv32_2', 'conv32_3'],
  ['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ['conv128_down', 'conv128_1', 'conv128_2'],
  ['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
].flat();

/**
 * The residual network of 29 convolutions for face recognition whose weights come in `@vladmandic/face-api`
 * (after dlib's), as a model of tfjs: images of 150 x 150 pixels with values from 0 to 255 to 128 numbers.
 *
 * @param weights by the names of its file; they are read only
 * @throws {FormatError} if one is missing
 */
export function faceNetwork(tf: typeof tfjs, weights: NamedTensors): tfjs.LayersModel {
  const at = (name: string): tfjs.Tensor => {
    const found = weights[name];
    if (found) return found;
    throw new FormatError(`The weights of the face network lack '${name}'.`);
  };
  const own = classesOf(tf);
  const held: { readonly layer: tfjs.layers.Layer; readonly weights: tfjs.Tensor[] }[] = [];
  const apply = (
    layer: tfjs.layers.Layer,
    x: tfjs.SymbolicTensor | tfjs.SymbolicTensor[],
    values: tfjs.Tensor[] = [],
  ): tfjs.SymbolicTensor => {
    held.push({ layer, weights: values });
    return layer.apply(x) as tfjs.SymbolicTensor;
  };
  const relu = (x: tfjs.SymbolicTensor) => apply(tf.layers.activation({ activation: 'relu' }), x);
  const convolution = (x: tfjs.SymbolicTensor, name: string, down: boolean): tfjs.SymbolicTensor => {
    const filters = at(`${name}/conv/filters`);
    const z = apply(
      tf.layers.conv2d({
        name: name.replace('/', '_'),
        filters: filters.shape[3] as number,
        kernelSize: filters.shape[0] as number,
        strides: down ? 2 : 1,
        padding: down ? 'valid' : 'same',
      }),
      x,
      [filters, at(`${name}/conv/bias`)],
    );
    return apply(new own.ChannelScale({}), z, [at(`${name}/scale/weights`), at(`${name}/scale/biases`)]);
  };
  const input = tf.input({ shape: [faceSize, faceSize, 3] });
  const normalized = apply(new own.Normalize({}), input);
  const first = relu(convolution(normalized, 'conv32_down', true));
  const pooled = apply(tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'valid' }), first);
  const last = blocks.reduce((x, name) => {
    const down = name.includes('down');
    const made = convolution(relu(convolution(x, `${name}/conv1`, down)), `${name}/conv2`, false);
    const short = down ? apply(tf.layers.averagePooling2d({ poolSize: 2, strides: 2 }), x) : x;
    return relu(apply(new own.AddPadded({}), [made, short]));
  }, pooled);
  const means = apply(tf.layers.globalAveragePooling2d({}), last);
  const fc = at('fc');
  const output = apply(tf.layers.dense({ units: fc.shape[1] as number, useBias: false, name: 'fc' }), means, [
    fc,
  ]);
  const model = tf.model({ inputs: input, outputs: output, name: 'face_recognition' });
  for (const { layer, weights: values } of held) if (values.length > 0) layer.setWeights(values);
  return model;
}

/** The layers that tfjs does not have. */
function classesOf(tf: typeof tfjs) {
  const only = (inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor =>
    (Array.isArray(inputs) ? inputs[0] : inputs) as tfjs.Tensor;
  /** Pixel values about their means. */
  class Normalize extends tf.layers.Layer {
    static className = 'Normalize';
    override call(inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor {
      return tf.tidy(() => tf.div(tf.sub(only(inputs), tf.tensor1d([...middle])), 255));
    }
  }
  /** A factor and a summand for each channel. */
  class ChannelScale extends tf.layers.Layer {
    static className = 'ChannelScale';
    override build(shape: tfjs.Shape | tfjs.Shape[]): void {
      const channels = (shape as tfjs.Shape).at(-1) as number;
      this.addWeight('scale', [channels], 'float32', tf.initializers.ones());
      this.addWeight('shift', [channels], 'float32', tf.initializers.zeros());
      super.build(shape);
    }
    override call(inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor {
      return tf.tidy(() => {
        const [scale, shift] = this.weights.map((variable) => variable.read()) as [tfjs.Tensor, tfjs.Tensor];
        return tf.add(tf.mul(only(inputs), scale), shift);
      });
    }
  }
  /** The sum of two images, each filled with zeros to the size and channels of the larger. */
  class AddPadded extends tf.layers.Layer {
    static className = 'AddPadded';
    override computeOutputShape(shapes: tfjs.Shape | tfjs.Shape[]): tfjs.Shape {
      const [a, b] = shapes as [tfjs.Shape, tfjs.Shape];
      return a.map((length, axis) => (axis === 0 ? length : Math.max(length as number, b[axis] as number)));
    }
    override call(inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor {
      return tf.tidy(() => {
        const [a, b] = inputs as [tfjs.Tensor, tfjs.Tensor];
        const shape = this.computeOutputShape([a.shape, b.shape]) as number[];
        const filled = (x: tfjs.Tensor): tfjs.Tensor =>
          tf.pad(
            x,
            shape.map((length, axis): [number, number] => [0, length - (x.shape[axis] as number)]),
          );
        return tf.add(filled(a), filled(b));
      });
    }
  }
  return { Normalize, ChannelScale, AddPadded };
}
