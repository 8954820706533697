import { convolutionalNtk, type ImageKernel, type ImageSize } from '../src/index.ts';

// The kernels of convolutional networks as their definition reads: covariances of all pairs of positions,
// layer by layer, in float64 and plain loops.

interface Field {
  readonly height: number;
  readonly width: number;
  /** Between position p of the first and q of the second image, at p * positions + q. */
  readonly values: Float64Array;
}

/** A pixel, 0 outside of the image. */
function pixel(
  image: ArrayLike<number>,
  { height, width, channels }: ImageSize,
  y: number,
  x: number,
  c: number,
): number {
  if (y < 0 || y >= height || x < 0 || x >= width) return 0;
  return image[(y * width + x) * channels + c] as number;
}

function covariances(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  size: ImageSize,
  patch: number,
  border: number,
): Field {
  const height = size.height + 2 * border - patch + 1;
  const width = size.width + 2 * border - patch + 1;
  const positions = height * width;
  const values = new Float64Array(positions * positions);
  for (let p = 0; p < positions; p++) {
    for (let q = 0; q < positions; q++) {
      let sum = 0;
      for (let y = 0; y < patch; y++) {
        for (let x = 0; x < patch; x++) {
          for (let c = 0; c < size.channels; c++) {
            const u = pixel(a, size, Math.floor(p / width) - border + y, (p % width) - border + x, c);
            const v = pixel(b, size, Math.floor(q / width) - border + y, (q % width) - border + x, c);
            sum += u * v;
          }
        }
      }
      values[p * positions + q] = sum / size.channels;
    }
  }
  return { height, width, values };
}

function windows(field: Field, size: number, padding: number): Field {
  const height = field.height + 2 * padding - size + 1;
  const width = field.width + 2 * padding - size + 1;
  const [positions, before] = [height * width, field.height * field.width];
  const values = new Float64Array(positions * positions);
  const place = (position: number, y: number, x: number): number => {
    const row = Math.floor(position / width) - padding + y;
    const column = (position % width) - padding + x;
    return row < 0 || row >= field.height || column < 0 || column >= field.width
      ? -1
      : row * field.width + column;
  };
  for (let p = 0; p < positions; p++) {
    for (let q = 0; q < positions; q++) {
      let sum = 0;
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const [from, to] = [place(p, y, x), place(q, y, x)];
          if (from >= 0 && to >= 0) sum += field.values[from * before + to] as number;
        }
      }
      values[p * positions + q] = sum;
    }
  }
  return { height, width, values };
}

const k0 = (c: number): number => 1 - Math.acos(c) / Math.PI;
const k1 = (c: number): number => {
  const angle = Math.acos(c);
  return (Math.sin(angle) + (Math.PI - angle) * c) / Math.PI;
};

/** The kernel of two images. */
export function referenceKernel(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  size: ImageSize,
  { patchSize, padding, pooling, depth, name }: ImageKernel,
): number {
  const half = (patchSize - 1) / 2;
  const border = padding === 'valid' ? 0 : half;
  const between = padding === 'same' ? half : 0;
  let s = covariances(a, b, size, patchSize, border);
  let [sa, sb] = [covariances(a, a, size, patchSize, border), covariances(b, b, size, patchSize, border)];
  let t = s;
  for (let layer = 0; layer < depth; layer++) {
    if (layer > 0) {
      const next = (field: Field) => windows(field, patchSize, between);
      [s, t, sa, sb] = [next(s), next(t), next(sa), next(sb)];
      t = { ...t, values: t.values.map((value, at) => value + (s.values[at] as number)) };
    }
    const positions = s.height * s.width;
    const cosine = Float64Array.from(s.values, (value, at) => {
      const p = Math.floor(at / positions);
      const q = at % positions;
      const norm = Math.sqrt(
        (sa.values[p * positions + p] as number) * (sb.values[q * positions + q] as number),
      );
      return norm === 0 ? Number.NaN : Math.min(1, Math.max(-1, value / norm));
    });
    const rectified = (f: (c: number, at: number) => number) =>
      cosine.map((c, at) => (Number.isNaN(c) ? 0 : f(c, at)));
    const norm = (at: number): number => (s.values[at] as number) / (cosine[at] as number);
    const covariance = rectified((c, at) => (c === 0 ? Number.NaN : norm(at) * k1(c)));
    const tangent = rectified((c, at) => (t.values[at] as number) * k0(c));
    s = { ...s, values: covariance };
    t = { ...t, values: tangent };
    // Variances stay: only the diagonals of sa and sb are used, and a layer's own variance is k1(1) = 1 times
    // the former.
    [sa, sb] = [onlyDiagonal(sa), onlyDiagonal(sb)];
  }
  const positions = s.height * s.width;
  const whole = s.values.map(
    (value, at) => value + (name === convolutionalNtk().name ? (t.values[at] as number) : 0),
  );
  let sum = 0;
  for (let p = 0; p < positions; p++) {
    if (pooling === 'none') sum += (whole[p * positions + p] as number) / positions;
    else for (let q = 0; q < positions; q++) sum += (whole[p * positions + q] as number) / positions ** 2;
  }
  return sum;
}

function onlyDiagonal(field: Field): Field {
  const positions = field.height * field.width;
  return { ...field, values: field.values.map((value, at) => (at % (positions + 1) === 0 ? value : 0)) };
}
