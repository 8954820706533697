import * as fc from 'fast-check';

/** One change to bytes. Places are counted from the beginning, modulo the length. */
export type Edit =
  | { readonly set: number; readonly to: readonly number[] }
  | { readonly insert: number; readonly text: string }
  | { readonly cut: number; readonly length: number }
  | { readonly copy: number; readonly length: number; readonly to: number }
  | { readonly end: number };

/** Bytes of a valid file with changes, or bytes as they are. */
export type ByteInput =
  | { readonly base: string; readonly edits: readonly Edit[]; readonly gzip: boolean }
  | { readonly base64: string };

/** Changes to bytes; `words` are put in now and then. */
export function editsOf(words: readonly string[]): fc.Arbitrary<readonly Edit[]> {
  const place = fc.oneof(fc.nat(200), fc.nat(2 ** 20));
  const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 5000 }));
  const oddNumbers = [[0], [255], [0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 128], [255, 255, 255, 127]];
  const to = fc.oneof(fc.constantFrom(...oddNumbers), fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }));
  const text = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 6 }));
  return fc.array(
    fc.oneof(
      fc.record({ set: place, to }),
      fc.record({ insert: place, text }),
      fc.record({ cut: place, length }),
      fc.record({ copy: place, length, to: place }),
      fc.record({ end: place }),
    ),
    { maxLength: 6 },
  );
}

/** Changed bytes of some valid files. */
export function changedFiles(names: readonly string[], words: readonly string[]): fc.Arbitrary<ByteInput> {
  const gzip = fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  return fc.record({ base: fc.constantFrom(...names), edits: editsOf(words), gzip });
}

/** The bytes that an input stands for. */
export async function bytesOf(
  input: ByteInput,
  files: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>>,
): Promise<Uint8Array> {
  if ('base64' in input) return new Uint8Array(Buffer.from(input.base64, 'base64'));
  const make = files[input.base];
  if (make === undefined) throw new TypeError(`There is no file '${input.base}'.`);
  const whole = await make();
  return input.edits.reduce(edited, input.gzip ? await gzip(whole) : whole);
}

export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export function edited(bytes: Uint8Array, edit: Edit): Uint8Array {
  const at = (place: number): number => (bytes.length === 0 ? 0 : place % bytes.length);
  if ('set' in edit) {
    const changed = bytes.slice();
    for (const [i, value] of edit.to.entries()) if (changed.length > 0) changed[at(edit.set + i)] = value;
    return changed;
  }
  if ('insert' in edit) return spliced(bytes, at(edit.insert), 0, new TextEncoder().encode(edit.text));
  if ('cut' in edit) return spliced(bytes, at(edit.cut), edit.length, new Uint8Array());
  if ('end' in edit) return bytes.slice(0, at(edit.end));
  const from = at(edit.copy);
  return spliced(bytes, at(edit.to), 0, bytes.subarray(from, from + edit.length));
}

function spliced(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + removed)];
  const whole = new Uint8Array(before.length + added.length + after.length);
  whole.set(before);
  whole.set(added, at);
  whole.set(after, at + added.length);
  return whole;
}
