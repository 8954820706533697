import { FormatError, fromFloat16, shownValue } from '@agop/core';
import { checkText } from '@agop/core/options';

/** The array of a `.npy` file, row-major. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array | Int32Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Above this many axes NumPy itself makes none. */
const mostAxes = 64;

/** What a type code of NumPy says, without its byte order: bytes of an element, and how to read one. */
const kinds: Readonly<
  Record<string, readonly [bytes: number, read: (view: DataView, at: number, little: boolean) => number]>
> = {
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f2: [2, (view, at, little) => fromFloat16(view.getUint16(at, little))],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  i1: [1, (view, at) => view.getInt8(at)],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
};
const small: ReadonlySet<string> = new Set(['i4', 'i2', 'i1', 'u2', 'u1', 'b1']);

/**
 * Reads a `.npy` file, as `numpy.save` writes it: floats of 16, 32 and 64 bits, whole numbers and truth
 * values, in either byte order, row- or column-major (the result is row-major). Whole numbers of 64 bits
 * become floats, exact up to 2^53.
 *
 * @param name what the file is called in messages
 * @returns float32 as it is; float16 as float32; whole numbers of at most 32 bits as int32; others as float64
 * @throws {FormatError} for anything but such a file, objects and texts among them
 * @throws {OptionError} for a name that is no text
 */
export function readNpy(bytes: Uint8Array, name = 'The file'): NpyArray {
  checkText('name', name);
  if (!(bytes instanceof Uint8Array) || magic.some((byte, at) => bytes[at] !== byte) || bytes.length < 12) {
    throw new FormatError(`${name} is no .npy file of NumPy.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isShort = bytes[6] === 1;
  const begin = isShort ? 10 : 12;
  const length = isShort ? view.getUint16(8, true) : view.getUint32(8, true);
  const { descr, shape, columnMajor } = parseHeader(bytes.subarray(begin, begin + length), name);
  const [order, code] = [descr[0] ?? '', descr.slice(1)];
  const kind = Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  if (!kind || !'<>|='.includes(order)) {
    throw new FormatError(`${name} holds elements of type ${shownValue(descr)}, not numbers.`);
  }
  const [width, read] = kind;
  const count = shape.reduce((product, axis) => product * axis, 1);
  const available = bytes.length - begin - length;
  if (!(count * width <= available)) {
    throw new FormatError(
      `${name} is cut short: its shape [${shape.join(', ')}] needs ${count * width} bytes, but ${Math.max(0, available)} follow.`,
    );
  }
  const data =
    code === 'f4' || code === 'f2'
      ? new Float32Array(count)
      : small.has(code)
        ? new Int32Array(count)
        : new Float64Array(count);
  const little = order !== '>';
  const places = columnMajor ? rowMajorPlaces(shape) : undefined;
  for (let i = 0; i < count; i++) {
    data[places ? places(i) : i] = read(view, begin + length + i * width, little);
  }
  return { shape, data };
}

/** The header is a dictionary as Python prints it. */
function parseHeader(bytes: Uint8Array, name: string) {
  const text = new TextDecoder('latin1').decode(new Uint8Array(bytes));
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const major = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const axes = /'shape':\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descr === undefined || major === undefined || axes === undefined) {
    throw new FormatError(`${name} has a header without the type, the order and the shape of one array.`);
  }
  const shape = axes
    .split(',')
    .map((axis) => axis.trim())
    .filter((axis) => axis !== '')
    .map((axis) => Number.parseInt(axis, 10));
  if (shape.length > mostAxes || !shape.every(Number.isSafeInteger)) {
    throw new FormatError(`${name} has a shape that no array has.`);
  }
  return { descr, shape, columnMajor: major === 'True' };
}

/** From the place of an element in a column-major array to that in the row-major one. */
function rowMajorPlaces(shape: readonly number[]): (index: number) => number {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, length) => product * length, 1),
  );
  return (index) => {
    let [rest, place] = [index, 0];
    for (const [axis, length] of shape.entries()) {
      place += (rest % length) * (strides[axis] as number);
      rest = Math.floor(rest / length);
    }
    return place;
  };
}
