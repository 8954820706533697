import type { HostTensor } from '@agop/estimators';

// The fixtures hold images as (n, channels, rows, columns) and patches as (channel, row, column); this
// package holds channels last in both.

/** Images [n, h, w, c] from (n, c, h, w). */
export function channelsLast({ data, shape }: HostTensor): { data: Float64Array; shape: readonly number[] } {
  const [n, c, h, w] = shape as [number, number, number, number];
  const out = new Float64Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let channel = 0; channel < c; channel++) {
      for (let p = 0; p < h * w; p++) {
        out[(i * h * w + p) * c + channel] = data[(i * c + channel) * h * w + p] as number;
      }
    }
  }
  return { data: out, shape: [n, h, w, c] };
}

/** For each entry of our patches its place in the fixtures' patches. */
export function patchOrder(size: number, channels: number): number[] {
  return Array.from({ length: size * size * channels }, (_, k) => {
    const channel = k % channels;
    const place = Math.floor(k / channels);
    return channel * size * size + place;
  });
}

/** A fixture's matrix [d, d] in our order of entries. */
export function toOurOrder(data: ArrayLike<number>, order: readonly number[]): Float64Array {
  const d = order.length;
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [order[Math.floor(at / d)] as number, order[at % d] as number];
    return data[i * d + j] as number;
  });
}

/** Our rows [rows, d] in the fixtures' order of entries. */
export function rowsToFixture(data: ArrayLike<number>, order: readonly number[]): Float64Array {
  const d = order.length;
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    out[at - (at % d) + (order[at % d] as number)] = data[at] as number;
  }
  return out;
}

/** Our matrix [d, d] in the fixtures' order of entries. */
export function matrixToFixture(data: ArrayLike<number>, order: readonly number[]): Float64Array {
  const d = order.length;
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const [i, j] = [order[Math.floor(at / d)] as number, order[at % d] as number];
    out[i * d + j] = data[at] as number;
  }
  return out;
}
