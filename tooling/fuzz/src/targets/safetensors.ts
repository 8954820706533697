import { decodeSafetensors, encodeSafetensors } from '@agop/estimators';
import * as fc from 'fast-check';
import { type ByteInput, bytesOf, changedFiles } from '../inputs/bytes.ts';
import { editJson, type JsonEdit, jsonEdits } from '../inputs/json.ts';
import type { Target } from '../target.ts';
import { demand } from '../verdict.ts';

type Input = { readonly file: ByteInput } | { readonly edits: readonly JsonEdit[]; readonly bytes: number };

const header = {
  __metadata__: { format: 'x', note: 'é' },
  a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  b: { dtype: 'F64', shape: [1, 1], data_offsets: [8, 16] },
  c: { dtype: 'I32', shape: [0, 3], data_offsets: [16, 16] },
};

function file(json: unknown, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(json) ?? '');
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const files = { whole: () => file(header, 16), empty: () => file({}, 0) };

/** Files of tensors of changed headers and bytes. */
export const safetensors: Target<Input> = {
  name: 'safetensors',
  inTests: 5000,
  about: 'decodeSafetensors: changed headers and bytes; what is read is written the same',
  inputs: fc.oneof(
    fc.record({
      file: changedFiles(Object.keys(files), ['"F64"', '{', '}', '"shape":[', '-1', '9e99', '"a":{']),
    }),
    fc.record({ edits: jsonEdits, bytes: fc.constantFrom(0, 8, 16, 16, 16, 24) }),
  ),
  refusals: ['FORMAT'],
  run: async (input) => {
    const bytes =
      'file' in input
        ? await bytesOf(input.file, files)
        : file(input.edits.reduce(editJson, header), input.bytes);
    const { tensors, metadata } = decodeSafetensors(bytes);
    const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
    const names = Object.keys(tensors).toSorted();
    demand(
      String(Object.keys(again.tensors).toSorted()) === String(names),
      'round trip',
      'Names have changed.',
    );
    for (const name of names) {
      const [a, b] = [tensors[name], again.tensors[name]];
      const same =
        a?.data.every((value, i) => Object.is(value, b?.data[i])) && String(a.shape) === String(b?.shape);
      demand(same === true, 'round trip', `Tensor '${name}' comes back as another one.`);
    }
    return 'read';
  },
};
