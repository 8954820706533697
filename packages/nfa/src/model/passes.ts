import { OptionError, ShapeError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import type { FoundLayer } from './find-layers.ts';
import { type HookedModel, intercepting } from './hook.ts';

/** The gradients of one pass at one layer: [rows, units] for each of its calls. */
export type PassGradients = ReadonlyMap<FoundLayer, readonly tf.Tensor2D[]>;

/** What passes through a model need to know of it, from one sample. */
export interface ModelForm {
  /** Numbers that the model makes of a sample, all its outputs together. */
  readonly outputs: number;
  /** Shapes of what each layer makes, without the axis of samples, for each of its calls. */
  readonly calls: ReadonlyMap<FoundLayer, readonly (readonly number[])[]>;
  /** Bytes of a pass for each of its rows, about. */
  readonly bytesPerRow: number;
}

/**
 * Runs the model on one sample.
 *
 * @param x the model's inputs
 * @throws {ShapeError} if they are not what the model takes
 * @throws {OptionError} if a layer has no part in the outputs
 */
export async function formOf(hooked: HookedModel, x: readonly tf.Tensor[]): Promise<ModelForm> {
  checkInputs(hooked.model, x);
  const calls = new Map<FoundLayer, (readonly number[])[]>(hooked.layers.map((layer) => [layer, []]));
  const first = x.map((one) => tf.slice(one, 0, 1));
  try {
    const outputs = intercepting(
      hooked,
      (layer, z) => {
        calls.get(layer)?.push(z.shape.slice(1));
        return z;
      },
      () => tf.tidy(() => outputsOf(hooked.model, first).shape[1]),
    );
    const idle = hooked.layers.find((layer) => calls.get(layer)?.length === 0);
    if (idle) throw new OptionError('layers', `Layer '${idle.name}' has no part in the model's outputs.`);
    const form = { outputs, calls, bytesPerRow: 0 };
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(() => {
      const direction = tf.ones([1, outputs]);
      for (const gradients of passGradients(hooked, form, first, direction as tf.Tensor2D).values()) {
        tf.dispose([...gradients]);
      }
      direction.dispose();
      return [];
    });
    return { ...form, bytesPerRow: Math.max(1, peakBytes - before) };
  } finally {
    tf.dispose(first);
  }
}

/**
 * The gradients of Σ_o v_o f_o with respect to what each layer makes before its activation, from one pass
 * forward and one back: what is differentiated are zeros that are added there. Skips around a layer so are no
 * part of it.
 *
 * @param x the model's inputs, with the same samples as `directions`
 * @param directions v, [samples, outputs]
 * @throws {OptionError} if the outputs do not depend on a layer differentiably
 */
export function passGradients(
  hooked: HookedModel,
  { calls }: ModelForm,
  x: readonly tf.Tensor[],
  directions: tf.Tensor2D,
): PassGradients {
  const rows = directions.shape[0];
  const slots = hooked.layers.flatMap((layer) => (calls.get(layer) ?? []).map((shape) => ({ layer, shape })));
  const result = new Map<FoundLayer, tf.Tensor2D[]>();
  tf.tidy(() => {
    const zeros = slots.map(({ shape }) => tf.zeros([rows, ...shape]));
    const differentiate = tf.grads((...added: tf.Tensor[]) => {
      const left = new Map<FoundLayer, tf.Tensor[]>();
      for (const [index, { layer }] of slots.entries()) {
        left.set(layer, [...(left.get(layer) ?? []), added[index] as tf.Tensor]);
      }
      return intercepting(
        hooked,
        (layer, z) => {
          const zero = left.get(layer)?.shift();
          if (zero) return tf.add(z, zero);
          throw new OptionError('model', `Layer '${layer.name}' is not always called equally often.`);
        },
        () => outputsOf(hooked.model, x),
      );
    });
    for (const [index, gradient] of connected(differentiate, zeros, directions).entries()) {
      const { layer } = slots[index] as { layer: FoundLayer };
      const rowsOfUnits = tf.keep(unitsLast(layer, gradient));
      result.set(layer, [...(result.get(layer) ?? []), rowsOfUnits]);
    }
  });
  return result;
}

function connected(
  differentiate: (zeros: tf.Tensor[], directions: tf.Tensor) => tf.Tensor[],
  zeros: tf.Tensor[],
  directions: tf.Tensor,
): tf.Tensor[] {
  try {
    return differentiate(zeros, directions);
  } catch (cause) {
    if (!(cause instanceof Error) || !/gradient/i.test(cause.message)) throw cause;
    throw new OptionError(
      'model',
      `TensorFlow.js cannot differentiate the model's outputs with respect to its layers: ${cause.message}`,
    );
  }
}

/** [rows of all positions, units]. */
function unitsLast({ layer }: FoundLayer, gradient: tf.Tensor): tf.Tensor2D {
  const axes = gradient.shape.map((_, axis) => axis);
  const isFirst = Reflect.get(layer, 'dataFormat') === 'channelsFirst' && gradient.rank > 2;
  const turned = isFirst ? tf.transpose(gradient, [0, ...axes.slice(2), 1]) : gradient;
  return tf.reshape(turned, [-1, turned.shape.at(-1) as number]);
}

/** All outputs of a model beside each other, [samples, outputs]. */
function outputsOf(model: tf.LayersModel, x: readonly tf.Tensor[]): tf.Tensor2D {
  // A copy, as the layers may keep the list.
  const made = model.apply([...x]);
  const tensors = (Array.isArray(made) ? made : [made]).map((output) => {
    if (output instanceof tf.Tensor) return output;
    throw new OptionError('model', `The model '${model.name}' does not compute tensors.`);
  });
  const flat = tensors.map((output): tf.Tensor2D => tf.reshape(output, [output.shape[0] ?? 0, -1]));
  return flat.length === 1 ? (flat[0] as tf.Tensor2D) : tf.concat2d(flat, 1);
}

function checkInputs(model: tf.LayersModel, x: readonly tf.Tensor[]): void {
  const expected = model.inputs.map(({ shape }) => shape);
  const n = x[0]?.shape[0];
  const fits =
    x.length === expected.length &&
    x.every(
      (one, index) =>
        one.shape[0] === n &&
        one.rank === expected[index]?.length &&
        one.shape.every((length, axis) => axis === 0 || (expected[index]?.[axis] ?? length) === length),
    );
  if (fits && n !== undefined && n > 0) return;
  const words = (shapes: readonly (readonly (number | null)[])[]): string =>
    shapes.map((shape) => `[${shape.map((length) => length ?? 'any').join(', ')}]`).join(' and ');
  throw new ShapeError(
    `The model '${model.name}' takes ${words(expected.map((shape) => [null, ...shape.slice(1)]))}, at least one sample, but x is ${words(x.map(({ shape }) => shape))}.`,
  );
}
