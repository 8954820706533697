import { FormatError } from '@agop/core';
import { describe, expect, test } from 'vitest';
import {
  decodeModel,
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  type ModelFormat,
  nest,
  nested,
  requireTensor,
} from '../src/index.ts';

interface Description {
  readonly depth: number;
}

const format: ModelFormat<Description> = {
  name: 'test-model',
  version: 2,
  title: 'test model',
  packageName: '@agop/test',
  estimators: {},
  parse: (given) => {
    if (typeof given !== 'object' || given === null || !('depth' in given)) throw new Error('no depth');
    return { depth: Number(given.depth) };
  },
};

const tensors = { weights: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } } as const;
const description = { task: 'classification', classes: ['a', 'b'], depth: 3 } as const;
const content = {
  description: { ...description, classes: [...description.classes] },
  tensors,
  attachments: { note: 'kept' },
};

describe('model files', () => {
  test('what was encoded comes back', () => {
    expect(decodeModel(format, encodeModel(format, content))).toEqual(content);
  });

  test('the kind and the description stand in the metadata', () => {
    expect(decodeSafetensors(encodeModel(format, content)).metadata).toEqual({
      format: 'test-model',
      model: '{"version":2,"task":"classification","classes":["a","b"],"depth":3}',
      'attachment.note': 'kept',
    });
  });

  test.each([
    ['another kind', { format: 'other', model: '{"version":2,"depth":3}' }, /Not a saved test model/],
    ['no description', { format: 'test-model' }, /Not a saved test model/],
    ['a description that is no JSON', { format: 'test-model', model: '{' }, /is no JSON/],
    [
      'a newer version',
      { format: 'test-model', model: '{"version":3}' },
      /format version 3, but this program reads up to 2\. Update @agop\/test/,
    ],
    ['a description that is incomplete', { format: 'test-model', model: '{"version":2}' }, /is incomplete/],
    ['a description without a version', { format: 'test-model', model: '{"depth":2}' }, /is incomplete/],
  ])('%s is refused', (_, metadata, message) => {
    const decode = () => decodeModel(format, encodeSafetensors(tensors, metadata));
    expect(decode).toThrow(FormatError);
    expect(decode).toThrow(message);
  });

  test('a file that names no task is a classification, and other texts in it are not attachments', () => {
    const metadata = { format: 'test-model', model: '{"version":2,"depth":3}', writer: 'another program' };
    expect(decodeModel(format, encodeSafetensors({}, metadata))).toEqual({
      description: { task: 'classification', depth: 3 },
      tensors: {},
      attachments: {},
    });
  });

  test('models nest: each has its own names', () => {
    const both = { ...nest('leaf.1', tensors), ...nest('leaf.10', { other: 1 }) };
    expect(Object.keys(both)).toEqual(['leaf.1/weights', 'leaf.10/other']);
    expect(nested('leaf.1', both)).toEqual(tensors);
  });

  test('a tensor that must be there: by name, number of axes, and not of integers', () => {
    expect(requireTensor(tensors, 'weights', 2)).toBe(tensors.weights);
    expect(() => requireTensor(tensors, 'weights', 1)).toThrow(FormatError);
    expect(() => requireTensor(tensors, 'bias', 2)).toThrow("it lacks the tensor 'bias'");
    const indices = { at: { dtype: 'int32', shape: [1], data: Int32Array.of(0) } } as const;
    expect(() => requireTensor(indices, 'at', 1)).toThrow(FormatError);
  });
});
