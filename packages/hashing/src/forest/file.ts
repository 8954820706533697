import { AgopError, FormatError } from '@agop/core';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@agop/estimators';
import { BitMatrix } from '../bits/bit-matrix.ts';
import { type HashingSettings, hashingOptions, hashingSettings } from '../options.ts';
import type { TreeArrays } from '../tree/tree.ts';

const format = 'agop.hash-forest';
const version = 1;

/** What a file of a forest holds. */
interface ForestParts {
  readonly settings: HashingSettings;
  readonly bits: BitMatrix;
  readonly trees: readonly TreeArrays[];
}

/** A forest as a safetensors file, whose metadata hold its options. */
export function encodeForest(
  settings: HashingSettings,
  bits: BitMatrix,
  trees: readonly TreeArrays[],
): Uint8Array {
  const { words, rows, wordsPerRow } = bits;
  const tensors: Record<string, HostTensor> = {
    points: int32(new Int32Array(words.slice().buffer), [rows, wordsPerRow]),
    nodes: int32(Int32Array.from(trees, ({ coordinate }) => coordinate.length)),
    coordinate: int32(joined(trees.map((tree) => tree.coordinate))),
    zero: int32(joined(trees.map((tree) => tree.zero))),
    one: int32(joined(trees.map((tree) => tree.one))),
    next: int32(joined(trees.map((tree) => tree.next)), [trees.length, rows]),
  };
  const drawn = trees.map((tree) => tree.drawn);
  const model = JSON.stringify({ version, bits: bits.bits, settings, drawn });
  return encodeSafetensors(tensors, { format, model });
}

/** @throws {FormatError} for bytes that are no forest, or a damaged one */
export function decodeForest(bytes: Uint8Array): ForestParts {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (!Object.hasOwn(metadata, 'format') || metadata.format !== format) {
    throw new FormatError('The file holds no forest of @agop/hashing.');
  }
  const { settings, bits: width, drawn } = describe(metadata.model);
  const words = take(tensors, 'points');
  const bits = valid(() => new BitMatrix(Uint32Array.from(words), width));
  const nodes = take(tensors, 'nodes');
  if (nodes.length !== settings.trees || drawn.length !== nodes.length) throw damaged('its number of trees');
  const [coordinate, zero, one] = (['coordinate', 'zero', 'one'] as const).map((name) => take(tensors, name));
  const next = take(tensors, 'next');
  const total = nodes.reduce((sum, count) => sum + count, 0);
  if (!coordinate || !zero || !one || [coordinate, zero, one].some(({ length }) => length !== total)) {
    throw damaged('its number of nodes');
  }
  if (next.length !== nodes.length * bits.rows) throw damaged('its number of points');
  let begin = 0;
  const trees = drawn.map((draws, t): TreeArrays => {
    const end = begin + (nodes[t] as number);
    const tree = {
      coordinate: coordinate.slice(begin, end),
      zero: zero.slice(begin, end),
      one: one.slice(begin, end),
      next: next.slice(t * bits.rows, (t + 1) * bits.rows),
      drawn: draws,
    };
    checkTree(tree, bits, t);
    begin = end;
    return tree;
  });
  return { settings, bits, trees };
}

/**
 * Checks that every node but the root hangs on one earlier node, that every point is in one leaf, the one
 * that its bits lead to, and that leaves hold as many points as they say.
 */
function checkTree(tree: TreeArrays, bits: BitMatrix, t: number): void {
  const { coordinate, zero, one, next } = tree;
  const nodes = coordinate.length;
  if (nodes === 0) throw damaged(`tree ${t}, which is empty`);
  const hangs = new Uint8Array(nodes);
  const stands = new Uint8Array(bits.rows);
  for (let node = 0; node < nodes; node++) {
    const bit = coordinate[node] as number;
    if (node > 0 && hangs[node] === 0) throw damaged(`node ${node} of tree ${t}`);
    if (bit >= bits.bits || bit < -1) throw damaged(`the test of node ${node} of tree ${t}`);
    if (bit >= 0) {
      for (const child of [zero[node] as number, one[node] as number]) {
        if (child <= node || child >= nodes || hangs[child] === 1) throw damaged(`node ${node} of tree ${t}`);
        hangs[child] = 1;
      }
      continue;
    }
    let count = 0;
    for (let point = zero[node] as number; point !== -1; point = next[point] as number) {
      if (point < 0 || point >= bits.rows || stands[point] === 1) throw damaged(`leaf ${node} of tree ${t}`);
      stands[point] = 1;
      count += 1;
    }
    if (count !== one[node]) throw damaged(`leaf ${node} of tree ${t}`);
  }
  if (stands.includes(0)) throw damaged(`tree ${t}, which lacks points`);
}

function describe(text: string | undefined): Omit<ForestParts, 'bits' | 'trees'> & {
  readonly bits: number;
  readonly drawn: readonly number[];
} {
  return valid(() => {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed !== 'object' || parsed === null) throw damaged('its description');
    const fields = new Map<string, unknown>(Object.entries(parsed));
    const written = fields.get('version');
    if (typeof written === 'number' && written > version) {
      throw new FormatError(`The forest is of version ${written}: update @agop/hashing.`);
    }
    const [bits, drawn, settings] = ['bits', 'drawn', 'settings'].map((name) => fields.get(name));
    if (written !== version || typeof bits !== 'number' || !isCounts(drawn)) throw damaged('its description');
    if (typeof settings !== 'object' || settings === null) throw damaged('its options');
    const names = Object.keys(hashingOptions);
    if (names.some((name) => !Object.hasOwn(settings, name))) throw damaged('its options');
    return { bits, drawn, settings: hashingSettings({ radius: 0, ...settings }) };
  });
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0 && one < 2 ** 31);
}

function take(tensors: Readonly<Record<string, HostTensor>>, name: string): Int32Array {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (!(tensor?.data instanceof Int32Array)) throw damaged(`'${name}', which it lacks`);
  return tensor.data;
}

/** What is made of the file; errors of any other kind become those of a file. */
function valid<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (FormatError.isInstance(cause)) throw cause;
    throw damaged(AgopError.isInstance(cause) ? cause.message : 'its description');
  }
}

function damaged(what: string): FormatError {
  return new FormatError(`The saved forest is damaged: ${what}.`);
}

function int32(data: Int32Array, shape: readonly number[] = [data.length]): HostTensor {
  return { dtype: 'int32', shape, data };
}

function joined(arrays: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let begin = 0;
  for (const array of arrays) {
    all.set(array, begin);
    begin += array.length;
  }
  return all;
}
